"""Pages of every list: from place to place, by cursors that belong to what was asked for."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fring_core import Place, Slice, Task, TaskFilter, TaskOrder, TaskStatus
from fring_http.api.cursors import Listing
from tests.http.wire import check_invalid

NOON = datetime(2024, 2, 29, 12, tzinfo=UTC)


@pytest.fixture
def lists(client, unique, new_user, new_task, owner, new_own_task):
    """Give, by name, the path of a list, what it is asked for, and how it gets another row."""
    mark = unique()

    def add_user():
        name = f"{mark}{unique()}"
        return new_user(username=name, email=f"{name}@example.org")

    return {
        "users": ("/api/v1/users", {"username": mark}, add_user),
        "tasks": ("/api/v1/tasks", {"title": mark}, lambda: new_task(title=f"{mark} x")),
        "newest": (f"/api/{owner}/tasks", {}, new_own_task),
        "pending": (f"/api/{owner}/tasks", {"status": "pending"}, new_own_task),
        "titles": (f"/api/{owner}/tasks", {"sort": "title"}, lambda: new_own_task(title="x")),
    }


every_list = pytest.mark.parametrize("name", ["users", "tasks", "newest", "pending", "titles"])


def after(response):
    """Return the query of the next page."""
    return {
        name: values[-1]
        for name, values in parse_qs(urlsplit(response.links["next"]["url"]).query).items()
    }


@every_list
def test_nothing_that_stays_is_passed_over_or_comes_twice(client, lists, name):
    path, query, add = lists[name]
    rows = [add() for _ in range(9)]
    staying = {row["id"] for row in rows[::2]}
    response = client.get(path, params=query | {"limit": 2})
    seen = []
    for number in range(50):
        assert response.status_code == 200, response.text
        seen += [row["id"] for row in response.json()]
        if "next" not in response.links:
            break
        for row in response.json():
            if row["id"] not in staying:
                assert client.delete(f"{path}/{row['id']}").status_code == 204
        if number < 3:
            add()
        response = client.get(response.links["next"]["url"])
    found = [each for each in seen if each in staying]
    assert found == sorted(staying, reverse=name in ("newest", "pending"))
    assert len({*seen}) == len(seen)


@every_list
def test_the_link_keeps_what_was_asked_for_but_where_it_began(client, lists, name):
    path, query, add = lists[name]
    rows = [add()["id"] for _ in range(7)]
    if name in ("newest", "pending"):
        rows.reverse()
    assert "link" not in client.get(path, params=query).headers
    assert "link" not in client.get(path, params=query | {"limit": 0}).headers
    response = client.get(path, params=query | {"skip": 2, "limit": 3})
    assert [row["id"] for row in response.json()] == rows[2:5]
    following = after(response)
    assert following == query | {"limit": "3", "after": following["after"]}
    assert client.get(response.links["next"]["url"]).json()[0]["id"] == rows[5]
    # What is skipped is counted from there.
    both = client.get(path, params=following | {"skip": 1, "limit": 1})
    assert [row["id"] for row in both.json()] == rows[6:]
    assert "link" not in both.headers
    assert response.links["next"]["url"].startswith("../")


@every_list
def test_a_cursor_belongs_to_what_was_asked_for(client, lists, unique, name):
    path, query, add = lists[name]
    for _ in range(2):
        add()
    cursor = after(client.get(path, params=query | {"limit": 1}))["after"]
    assert cursor.replace("-", "a").replace("_", "a").isalnum()
    assert client.get(path, params=query | {"after": cursor}).status_code == 200
    others = {
        "users": [{}, {"username": "other"}, query | {"email": "x"}],
        "tasks": [{}, query | {"status": "todo"}, query | {"assigned": "false"}],
        "newest": [{"sort": "title"}, {"status": "pending"}, {"completed": "true"}],
        "pending": [{}, {"status": "todo"}],
        "titles": [{}, query | {"status": "pending"}],
    }[name]
    elsewhere = [(path, other) for other in others]
    if name not in ("users", "tasks"):
        elsewhere.append((f"/api/{unique()}/tasks", query))
    elsewhere += [(each, asked) for each, asked, _ in lists.values() if each != path]
    for other_path, other in elsewhere:
        response = client.get(other_path, params=other | {"after": cursor})
        check_invalid(response, "query", "after")
        assert "start over without it" in response.json()["detail"][0]["msg"]


def test_filters_that_say_the_same_share_cursors(client, owner, new_own_task):
    for _ in range(2):
        new_own_task()
    path = f"/api/{owner}/tasks"
    cursor = after(client.get(path, params={"status": "pending", "limit": 1}))["after"]
    for same in ({"completed": "false"}, {"completed": "0", "sort": "created", "status": "all"}):
        assert len(client.get(path, params=same | {"after": cursor}).json()) == 1


@every_list
@pytest.mark.parametrize(
    "cursor", ["", "1", "abc", "AAAA", "====", "k8QGAAAAAAAAAcA", "\u00e4", "a b", "x" * 4000]
)
def test_what_is_no_cursor_is_refused(client, lists, name, cursor):
    path, query, _ = lists[name]
    check_invalid(client.get(path, params=query | {"after": cursor}), "query", "after")


LISTINGS = {
    TaskOrder.BY_ID: Listing("tasks", TaskFilter("todo", "a", assigned=True)),
    TaskOrder.NEWEST_FIRST: Listing("own", TaskFilter(), TaskOrder.NEWEST_FIRST),
    TaskOrder.BY_TITLE: Listing("own", TaskFilter(), TaskOrder.BY_TITLE),
}


# What version 1 made: a change here breaks walks that are under way.
CURSORS = ["k8QGm8Qy-DzoB8A", "k8QGxzOfr5crB88ABhKD_6_wAA", "k8QGqe2NwirTB6Fh"]


@given(
    st.integers(1, 2**63 - 1),
    st.datetimes(timezones=st.just(UTC)),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=300),
)
def test_a_cursor_is_the_place_of_the_last_row(number, moment, title):
    task = Task(number, title, None, TaskStatus.TODO, moment, NOON)
    for order, listing in LISTINGS.items():
        place = listing.place(listing.cursor(task))
        values = {TaskOrder.NEWEST_FIRST: moment, TaskOrder.BY_TITLE: title}
        assert (place.id, place.value) == (number, values.get(order))
        assert listing.next_cursor(Slice([task], more=True)) == listing.cursor(task)
        assert listing.next_cursor(Slice([task])) is None


def test_a_cursor_outlives_the_server_that_made_it():
    task = Task(7, "a", None, TaskStatus.TODO, NOON, NOON + timedelta(1))
    assert [listing.cursor(task) for listing in LISTINGS.values()] == CURSORS
    assert [each.place(made) for each, made in zip(LISTINGS.values(), CURSORS, strict=True)] == [
        Place.of(task, order) for order in LISTINGS
    ]
