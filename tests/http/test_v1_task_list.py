"""`GET /api/v1/tasks`: filters, pages and order."""

import pytest

from tests.http.wire import STATUSES, check_invalid, check_task

TASKS = "/api/v1/tasks"


@pytest.fixture
def find(client):
    """Return a function that lists tasks; a dict or a ready query string selects."""

    def find(query):
        response = client.get(TASKS, params=query)
        assert response.status_code == 200, response.text
        return response.json()

    return find


def test_lists_tasks_by_ascending_id(find, new_task, unique, unique_id):
    mark, high = unique(), unique_id()
    last, first = new_task(title=f"{mark}1", id=high), new_task(title=f"{mark}2", description="d")
    assert find({"title": mark}) == [first, last]
    for task in find({"title": mark}):
        check_task(task)


def test_pages_through_a_list(find, new_task, unique):
    mark = unique()
    ids = [new_task(title=f"{mark}{number}")["id"] for number in range(5)]

    def page(**params: int) -> list[int]:
        return [task["id"] for task in find({"title": mark} | params)]

    assert page() == ids
    assert page(limit=2) == ids[:2]
    assert page(skip=3) == ids[3:]
    assert page(skip=1, limit=3) == ids[1:4]
    assert page(skip=5) == page(limit=0) == page(skip=2**63 - 1) == []
    assert page(limit=1000) == ids


def test_a_page_has_100_tasks_by_default(find, new_task, unique):
    mark = unique()
    for _ in range(101):
        new_task(title=mark)
    assert len(find({"title": mark})) == 100


@pytest.mark.parametrize(
    "special", ["%", "_", "\\", "a%b", "a_b", "\\%", "'", '"', "é", "\U0001f600"]
)
def test_the_title_filter_is_a_literal_substring(find, new_task, unique, special):
    mark = unique()
    task = new_task(title=f"x{mark}{special}y")
    new_task(title=f"x{mark}aXby")
    assert find({"title": f"{mark}{special}"}) == [task]


def test_the_title_filter_is_case_sensitive(find, new_task, unique):
    mark = unique()
    task = new_task(title=f"{mark} Docs")
    assert find({"title": f"{mark} docs"}) == []
    assert find({"title": f"{mark} Docs"}) == [task]


def test_filters_by_status(find, new_task, unique):
    mark = unique()
    tasks = {status: new_task(title=mark, status=status) for status in STATUSES}
    for status, task in tasks.items():
        assert find({"title": mark, "status": status}) == [task]


@pytest.fixture
def one_of_each(new_user, new_task, assign, unique):
    """Create a task that is assigned (twice) and one that is not; return their title and both."""
    mark = unique()
    assigned, unassigned = new_task(title=mark), new_task(title=mark)
    assign(new_user(), assigned)
    assign(new_user(), assigned)
    return mark, assigned, unassigned


@pytest.mark.parametrize("yes", ["true", "TRUE", "True", "tRuE", "1"])
def test_keeps_the_tasks_that_are_assigned(find, one_of_each, yes):
    mark, assigned, _ = one_of_each
    assert find({"title": mark, "assigned": yes}) == [assigned]


@pytest.mark.parametrize("no", ["false", "FALSE", "False", "fAlSe", "0"])
def test_keeps_the_tasks_that_are_not_assigned(find, one_of_each, no):
    mark, _, unassigned = one_of_each
    assert find({"title": mark, "assigned": no}) == [unassigned]


@pytest.mark.parametrize(
    "junk", ["yes", "no", "on", "t", "2", "01", "true ", " true", "null", "-1", "1.0"]
)
def test_refuses_what_is_no_boolean(client, junk):
    check_invalid(client.get(TASKS, params={"assigned": junk}), "query", "assigned")


def test_all_filters_combine_with_the_page(client, find, one_of_each):
    mark, assigned, unassigned = one_of_each
    client.put(f"{TASKS}/{unassigned['id']}", json={"status": "completed"})
    both = {"title": mark, "assigned": "false", "status": "completed"}
    assert [task["id"] for task in find(both)] == [unassigned["id"]]
    assert find(both | {"status": "todo"}) == []
    assert find(both | {"skip": 1}) == []
    assert find({"title": mark, "skip": 0, "limit": 1}) == [assigned]


def test_an_empty_filter_is_no_filter(find, new_task, unique):
    mark = unique()
    task = new_task(title=mark, status="canceled")
    assert find(f"title={mark}&status=&assigned=") == [task]
    assert task in find("title=&status=canceled&assigned=false&limit=1000")


def test_the_last_of_a_repeated_parameter_counts(find, client, new_task, unique):
    mark = unique()
    task = new_task(title=mark)
    query = f"status=bad&status=todo&assigned=x&assigned=0&title=no&title={mark}&limit=x&limit=1"
    assert find(query) == [task]
    assert find(f"title={mark}&status=canceled&status=") == [task]
    check_invalid(client.get(TASKS, params="status=todo&status=bad"), "query", "status")
    check_invalid(client.get(TASKS, params="skip=0&skip=-1"), "query", "skip")


def test_ignores_unknown_parameters(find, new_task, unique):
    mark = unique()
    task = new_task(title=mark)
    assert find({"title": mark, "sort": "sideways", "owner": "ada"}) == [task]


@pytest.mark.parametrize("status", ["bad", "TODO", "Todo", " todo", "todo ", "pending", "null"])
def test_refuses_what_is_no_status(client, status):
    check_invalid(client.get(TASKS, params={"status": status}), "query", "status")
