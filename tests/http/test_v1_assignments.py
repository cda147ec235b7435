"""Assigning and un-assigning, from the user's side and from the task's."""

from typing import Any

import pytest

from tests.http.wire import MISSING, STATUSES, check_error, check_invalid, check_task, check_user

USERS, TASKS = "/api/v1/users", "/api/v1/tasks"


def from_user(user: Any, task: Any) -> str:
    return f"{USERS}/{user['id']}/tasks/{task['id']}"


def from_task(user: Any, task: Any) -> str:
    return f"{TASKS}/{task['id']}/users/{user['id']}"


@pytest.fixture
def pair(new_user, new_task, unique_id):
    """Create a user and a task, not assigned to each other, whose ids differ."""
    return new_user(), new_task(id=unique_id())


def test_assigns_and_unassigns_from_the_user(client, pair):
    user, task = pair
    path = from_user(user, task)
    response = client.post(path)
    assert response.status_code == 201
    assert response.json() == {"message": f"Task {task['id']} assigned to {user['id']}"}
    response = client.post(path)
    check_error(response, 400, "already_assigned", "Task already assigned to the user")
    response = client.delete(path)
    assert (response.status_code, response.content) == (204, b"")
    response = client.delete(path)
    check_error(response, 400, "not_assigned", "Task not assigned to this user")


def test_assigns_and_unassigns_from_the_task(client, pair):
    user, task = pair
    path = from_task(user, task)
    response = client.post(path)
    assert response.status_code == 201
    message = f"User {user['id']} assigned successfully to task {task['id']}"
    assert response.json() == {"message": message}
    response = client.post(path)
    check_error(response, 400, "already_assigned", "User already assigned to this task")
    response = client.delete(path)
    assert (response.status_code, response.content) == (204, b"")
    response = client.delete(path)
    check_error(response, 400, "not_assigned", "User not assigned to this task")


def test_both_sides_see_the_same_assignment(client, pair):
    user, task = pair
    client.post(from_user(user, task))
    response = client.post(from_task(user, task))
    check_error(response, 400, "already_assigned", "User already assigned to this task")
    assert client.get(f"{USERS}/{user['id']}/tasks").json() == [task]
    assert client.get(f"{TASKS}/{task['id']}/users").json() == [user]
    client.delete(from_task(user, task))
    response = client.delete(from_user(user, task))
    check_error(response, 400, "not_assigned", "Task not assigned to this user")
    assert client.get(f"{USERS}/{user['id']}/tasks").json() == []
    assert client.get(f"{TASKS}/{task['id']}/users").json() == []


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_looks_for_the_asking_side_first(client, pair, method):
    user, task = pair
    nobody, nothing = {"id": MISSING}, {"id": MISSING + 1}

    def error(path: str) -> tuple[str, str]:
        response = client.request(method, path)
        return check_error(response, 400, response.json()["code"]), response.json()["code"]

    no_user = (f"User ID {MISSING} not found", "user_not_found")
    assert error(from_user(nobody, task)) == no_user
    assert error(from_user(nobody, nothing)) == no_user
    no_task = (f"Task ID {MISSING + 1} not found", "task_not_found")
    assert error(from_user(user, nothing)) == no_task

    assert error(from_task(user, nothing)) == ("Task not found", "task_not_found")
    assert error(from_task(nobody, nothing)) == ("Task not found", "task_not_found")
    assert error(from_task(nobody, task)) == ("User not found", "user_not_found")


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_names_ids_that_can_never_exist(client, pair, method):
    user, _ = pair
    huge = 10**30
    response = client.request(method, f"{USERS}/{huge}/tasks/-1")
    check_error(response, 400, "user_not_found", f"User ID {huge} not found")
    response = client.request(method, f"{USERS}/{user['id']}/tasks/-1")
    check_error(response, 400, "task_not_found", "Task ID -1 not found")
    check_invalid(client.request(method, f"{USERS}/{huge}/tasks/x"), "path", "task_id")
    check_invalid(client.request(method, f"{TASKS}/{huge}/users/x"), "path", "user_id")


def test_no_body_is_read(client, pair):
    user, task = pair
    odd = {"content": b"\xff{", "headers": {"content-type": "text/plain"}}
    assert client.post(from_user(user, task), **odd).status_code == 201
    assert client.request("DELETE", from_user(user, task), **odd).status_code == 204
    assert client.post(from_task(user, task), **odd).status_code == 201


def test_lists_many_by_ascending_id(client, new_user, new_task, assign, unique_id):
    user, task = new_user(), new_task()
    later_task, later_user = new_task(id=unique_id()), new_user(id=unique_id())
    assign(user, later_task)
    assign(user, task)
    assign(later_user, task)
    tasks = client.get(f"{USERS}/{user['id']}/tasks")
    users = client.get(f"{TASKS}/{task['id']}/users")
    assert (tasks.status_code, users.status_code) == (200, 200)
    assert tasks.json() == [task, later_task]
    assert users.json() == [user, later_user]
    for shown in tasks.json():
        check_task(shown)
    for shown in users.json():
        check_user(shown)


def test_more_than_a_page_of_tasks_is_listed(client, new_user, new_task, assign):
    user = new_user()
    tasks = [new_task() for _ in range(101)]
    for task in tasks:
        assign(user, task)
    assert client.get(f"{USERS}/{user['id']}/tasks").json() == tasks


def test_filters_the_tasks_of_a_user_by_status(client, new_user, new_task, assign):
    user = new_user()
    tasks = {status: new_task(status=status) for status in STATUSES[:3]}
    for task in tasks.values():
        assign(user, task)
    new_task(status="todo")
    path = f"{USERS}/{user['id']}/tasks"
    for status, task in tasks.items():
        assert client.get(path, params={"status": status}).json() == [task]
    assert client.get(path, params={"status": "canceled"}).json() == []
    assert client.get(f"{path}?status=").json() == list(tasks.values())
    assert client.get(f"{path}?status=bad&status=todo").json() == [tasks["todo"]]


@pytest.mark.parametrize("status", ["bad", "TODO", "to do", "<b>", "é"])
def test_a_bad_status_is_400_before_the_user_is_looked_up(client, pair, status):
    user, _ = pair
    for user_id in (user["id"], MISSING, 0):
        response = client.get(f"{USERS}/{user_id}/tasks", params={"status": status})
        check_error(response, 400, "invalid_status", f"Status '{status}' not valid")


@pytest.mark.parametrize("query", ["", "?status=", "?status=todo"])
def test_the_tasks_of_nobody(client, query):
    response = client.get(f"{USERS}/{MISSING}/tasks{query}")
    check_error(response, 400, "user_not_found", "User not found")
