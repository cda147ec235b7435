"""Personal lists: their order, their filters, and their pages."""

from itertools import chain
from urllib.parse import quote

import pytest

from tests.http.wire import STATUSES, check_invalid, check_own_task

MOST = 1000


def walk(client, path, **params):
    """Follow `Link: rel="next"` to the end; return every page."""
    response = client.get(path, params=params)
    pages = []
    for _ in range(50):
        assert response.status_code == 200, response.text
        pages.append(response.json())
        if "next" not in response.links:
            assert "link" not in response.headers
            return pages
        assert response.headers["link"].isascii()
        response = client.get(response.links["next"]["url"])
    pytest.fail("the pages do not end")


def flat(pages):
    return list(chain.from_iterable(pages))


def test_a_list_is_a_bare_array_newest_first(client, owner, new_own_task):
    assert client.get(f"/api/{owner}/tasks").json() == []
    tasks = [new_own_task(title=title) for title in ("b", "a", "c")]
    response = client.get(f"/api/{owner}/tasks")
    assert response.status_code == 200
    assert response.json() == tasks[::-1]
    for task in response.json():
        check_own_task(task, owner)
    assert client.get(f"/api/{owner}/tasks?sort=created").json() == tasks[::-1]


def test_a_change_does_not_make_a_task_newer(client, owner, new_own_task):
    old, new = new_own_task(), new_own_task()
    client.patch(f"/api/{owner}/tasks/{old['id']}/complete")
    found = client.get(f"/api/{owner}/tasks").json()
    assert [task["id"] for task in found] == [new["id"], old["id"]]


def test_titles_sort_by_code_point_then_id(client, owner, new_own_task):
    titles = ["b", "é", "B", "a", "ab", "\U0001f600", "a", "_", "\uff5e"]
    tasks = [new_own_task(title=title) for title in titles]
    found = client.get(f"/api/{owner}/tasks?sort=title").json()
    assert found == sorted(tasks, key=lambda task: (task["title"], task["id"]))


ASKED = {
    "": STATUSES,
    "all": STATUSES,
    "pending": ("todo", "in_progress", "canceled"),
    **{status: (status,) for status in STATUSES},
}


@pytest.mark.parametrize("sort", ["", "title"])
@pytest.mark.parametrize(("asked", "statuses"), ASKED.items())
def test_a_list_is_narrowed_by_status(client, owner, new_own_task, *, asked, statuses, sort):
    tasks = [new_own_task(status=status, title=status) for status in STATUSES * 2]
    found = client.get(f"/api/{owner}/tasks", params={"status": asked, "sort": sort}).json()
    assert {task["status"] for task in found} == set(statuses)
    expected = {task["id"] for task in tasks if task["status"] in statuses}
    assert {task["id"] for task in found} == expected
    assert len(found) == len(expected)


@pytest.mark.parametrize("completed", ["", "true", "FALSE", "1", "0"])
@pytest.mark.parametrize(("asked", "statuses"), ASKED.items())
def test_a_list_is_narrowed_by_completed_too(
    client, owner, new_own_task, *, asked, statuses, completed
):
    tasks = [new_own_task(status=status) for status in STATUSES]
    query = {"status": asked, "completed": completed}
    found = client.get(f"/api/{owner}/tasks", params=query).json()
    wanted = {"": (True, False), "true": (True,), "1": (True,)}.get(completed, (False,))
    assert found == [
        task
        for task in reversed(tasks)
        if task["status"] in statuses and task["completed"] in wanted
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("completed", value) for value in ("yes", "2", "tru", "null", "%00", "%FF")),
        *(("status", value) for value in ("done", "ALL", "Pending", "%00", "%FF")),
        *(("sort", value) for value in ("bad", "id", "-title", "Title", "%00", "%FF")),
        *(("skip", value) for value in ("", "-1", "x", "1.0", str(2**63), "%D9%A1")),
        *(("limit", value) for value in ("", "-1", "x", "1001", "9" * 4400)),
        *(("after", value) for value in ("", "1", "x", "AAAA", "%00", "%FF")),
    ],
)
def test_a_bad_parameter_is_named(client, owner, name, value):
    response = client.get(f"/api/{owner}/tasks?{name}={value}")
    check_invalid(response, *(("query",) if value == "%FF" else ("query", name)))


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize(("total", "limit"), [(5, 2), (4, 2), (3, 1), (3, 3), (3, 4), (1, 1)])
def test_the_links_lead_through_the_whole_list(client, owner, new_own_task, *, total, limit, slash):
    tasks = [new_own_task() for _ in range(total)]
    pages = walk(client, f"/api/{owner}/tasks{slash}", limit=limit)
    assert flat(pages) == tasks[::-1]
    assert all(len(page) == limit for page in pages[:-1])
    assert len(pages) == -(-total // limit)


@pytest.mark.parametrize("sort", ["created", "title"])
def test_the_links_keep_filter_and_order(client, owner, new_own_task, sort):
    tasks = [new_own_task(status=status, title=status[::-1]) for status in STATUSES * 3]
    path = f"/api/{owner}/tasks"
    pages = walk(client, path, status="pending", sort=sort, limit=2)
    assert pages == walk(client, path, completed="false", sort=sort, limit=2)
    pending = [task for task in tasks if not task["completed"]]
    if sort == "title":
        expected = sorted(pending, key=lambda task: (task["title"], task["id"]))
    else:
        expected = pending[::-1]
    assert flat(pages) == expected


@pytest.mark.parametrize("name", ["zoë", "a b", "50%", "q?x=1&y#z", "\U0001f600", '"<>"', "%41"])
def test_the_links_of_any_owner_can_be_followed(client, unique, name):
    path = f"/api/{quote(name + unique(), safe='')}/tasks"
    tasks = [client.post(path, json={"title": str(number)}).json() for number in range(3)]
    assert flat(walk(client, path, limit=1)) == tasks[::-1]


def test_a_walk_begins_wherever_it_is_told_to(client, owner, new_own_task):
    tasks = [new_own_task() for _ in range(6)]
    assert flat(walk(client, f"/api/{owner}/tasks", skip=1, limit=2)) == tasks[::-1][1:]
    assert walk(client, f"/api/{owner}/tasks", skip=6) == [[]]
    assert walk(client, f"/api/{owner}/tasks", skip=2**63 - 1) == [[]]
    assert walk(client, f"/api/{owner}/tasks", limit=0) == [[]]


# It takes long, and its other half is in the contract of stores.
@pytest.mark.parametrize("server", ["memory"], indirect=True)
def test_a_page_has_a_thousand_tasks_by_default_and_at_most(client, owner):
    path = f"/api/{owner}/tasks"
    for number in range(MOST + 1):
        assert client.post(path, json={"title": str(number)}).status_code == 201
    first, second = walk(client, path)
    assert (len(first), len(second)) == (MOST, 1)
    titles = [task["title"] for task in first + second]
    assert titles == [str(number) for number in range(MOST, -1, -1)]
    assert [len(page) for page in walk(client, path, limit=MOST)] == [MOST, 1]
    assert client.delete(f"{path}/{second[0]['id']}").status_code == 204
    assert walk(client, path) == [first]
