"""No query crosses the line between the shared board and the personal lists."""

import pytest

from tests.http.wire import TASK_FIELDS, check_error

# Every call of the board that names a task, and the text of its refusal.
ON_THE_BOARD = [
    ("GET", "/tasks/{task}", None, "Task not found"),
    ("PUT", "/tasks/{task}", {"title": "stolen"}, "Task not found"),
    ("PATCH", "/tasks/{task}/status?status=canceled", None, "Task not found"),
    ("DELETE", "/tasks/{task}", None, "Task not found"),
    ("GET", "/tasks/{task}/users", None, "Task not found"),
    ("POST", "/tasks/{task}/users/{user}", None, "Task not found"),
    ("DELETE", "/tasks/{task}/users/{user}", None, "Task not found"),
    ("POST", "/users/{user}/tasks/{task}", None, "Task ID {task} not found"),
    ("DELETE", "/users/{user}/tasks/{task}", None, "Task ID {task} not found"),
]
ON_A_LIST = [
    ("GET", "", None),
    ("PUT", "", {"title": "stolen"}),
    ("DELETE", "", None),
    ("PATCH", "/complete", None),
]


@pytest.mark.parametrize(("method", "path", "body", "detail"), ON_THE_BOARD)
def test_a_personal_task_cannot_be_reached_from_the_board(
    client, owner, new_own_task, new_user, *, method, path, body, detail
):
    ids = {"task": new_own_task()["id"], "user": new_user()["id"]}
    before = client.get(f"/api/{owner}/tasks").content
    response = client.request(method, f"/api/v1{path.format(**ids)}", json=body)
    check_error(response, 400, "task_not_found", detail.format(**ids))
    assert client.get(f"/api/{owner}/tasks").content == before
    assert client.get(f"/api/v1/users/{ids['user']}/tasks").json() == []


@pytest.mark.parametrize("query", ["", "&assigned=false", "&status=todo", "&limit=1000"])
def test_a_personal_task_is_not_listed_on_the_board(client, new_own_task, new_task, unique, query):
    title = unique()
    own = new_own_task(title=title)
    assert client.get(f"/api/v1/tasks?title={title}{query}").json() == []
    shared = new_task(title=title)
    assert client.get(f"/api/v1/tasks?title={title}{query}").json() == [shared]
    assert own["id"] != shared["id"]


@pytest.mark.parametrize(("method", "rest", "body"), ON_A_LIST)
def test_a_task_of_the_board_is_on_no_list(
    client, owner, new_own_task, new_task, *, method, rest, body
):
    own, shared = new_own_task(), new_task(description="shared")
    response = client.request(method, f"/api/{owner}/tasks/{shared['id']}{rest}", json=body)
    check_error(response, 404, "task_not_found", "Task not found")
    assert client.get(f"/api/{owner}/tasks").json() == [own]
    shown = client.get(f"/api/v1/tasks/{shared['id']}").json()
    assert shown == shared | {"assigned_users": []}


@pytest.mark.parametrize(("method", "rest", "body"), ON_A_LIST)
def test_a_task_of_another_list_is_not_found(
    client, owner, new_own_task, unique, *, method, rest, body
):
    task, other = new_own_task(), f"user_{unique()}"
    response = client.request(method, f"/api/{other}/tasks/{task['id']}{rest}", json=body)
    check_error(response, 404, "task_not_found", "Task not found")
    assert client.get(f"/api/{owner}/tasks").json() == [task]
    assert client.get(f"/api/{other}/tasks").json() == []


def test_an_id_chosen_on_the_board_replaces_no_personal_task(client, owner, new_own_task):
    task = new_own_task()
    response = client.post("/api/v1/tasks", json={"id": task["id"], "title": "stolen"})
    check_error(response, 400, "id_taken", "Already existing ID")
    assert client.get(f"/api/{owner}/tasks").json() == [task]


def test_a_board_task_with_personal_fields_ignores_them(client, owner, new_task):
    task = new_task(owner=owner, user_id=owner, due_date="2026-01-01", completed=True)
    assert set(task) == TASK_FIELDS
    assert task["status"] == "todo"
    assert client.get(f"/api/{owner}/tasks").json() == []


def test_deleting_a_user_leaves_the_list_of_that_name_alone(client, new_user):
    user = new_user()
    path = f"/api/{user['id']}/tasks"
    task = client.post(path, json={"title": "kept"}).json()
    assert client.delete(f"/api/v1/users/{user['id']}").status_code == 204
    assert client.get(path).json() == [task]


def test_descriptions_stay_long_on_the_board(client, new_task):
    assert new_task(description="x" * 10_000)["description"] == "x" * 10_000
