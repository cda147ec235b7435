"""`/api/v1/tasks`: create, get, delete."""

import pytest

from tests.http.wire import MISSING, STATUSES, check_error, check_invalid, check_task, check_user

TASKS = "/api/v1/tasks"


def test_creates_a_task_with_the_defaults(client, unique):
    title = unique()
    response = client.post(f"{TASKS}/", json={"title": title})
    assert response.status_code == 201
    assert response.headers["content-type"] == "application/json"
    task = response.json()
    check_task(task)
    assert task["id"] >= 1
    assert (task["title"], task["description"], task["status"]) == (title, None, "todo")
    assert task["updated_at"] >= task["created_at"]


@pytest.mark.parametrize("status", STATUSES)
def test_creates_a_task_with_everything(client, new_task, unique_id, status):
    given = {"id": unique_id(), "title": "t", "description": "d", "status": status}
    task = new_task(**given)
    assert given.items() <= task.items()
    assert client.get(f"{TASKS}/{task['id']}").json() == task | {"assigned_users": []}


def test_null_stands_for_no_id_and_no_description(new_task):
    task = new_task(id=None, description=None)
    assert task["id"] >= 1
    assert task["description"] is None


def test_null_is_no_status(client, unique):
    check_invalid(client.post(TASKS, json={"title": unique(), "status": None}), "body", "status")


def test_ignores_unknown_fields_and_never_shows_any(client, new_task):
    unknown = {
        "owner": "ada",
        "due_date": "2030-01-01",
        "version": 9,
        "updated_at": "x",
        "users": 1,
    }
    task = new_task(**unknown)
    check_task(task)
    path = f"{TASKS}/{task['id']}"
    check_task(client.put(path, json=unknown | {"id": MISSING}).json())
    assert client.get(path).json()["id"] == task["id"]


def test_keeps_texts_as_they_were_sent(client, new_task):
    title, description = "  Zoë e\u0301 \U0001f600\t", " \r\n\t "
    task = new_task(title=title, description=description)
    assert (task["title"], task["description"]) == (title, description)
    shown = client.get(f"{TASKS}/{task['id']}").json()
    assert (shown["title"], shown["description"]) == (title, description)


def test_an_empty_description_is_not_null(new_task):
    assert new_task(description="")["description"] == ""


def test_refuses_an_id_that_is_taken(client, new_task, unique):
    task = new_task()
    response = client.post(TASKS, json={"id": task["id"], "title": unique()})
    check_error(response, 400, "id_taken", "Already existing ID")
    assert client.get(f"{TASKS}/{task['id']}").json()["title"] == task["title"]


def test_input_is_checked_before_uniqueness(client, new_task):
    check_invalid(client.post(TASKS, json={"id": new_task()["id"], "title": ""}), "body", "title")


def test_names_the_title_that_is_missing_or_null(client):
    check_invalid(client.post(TASKS, json={}), "body", "title", kind="missing")
    check_invalid(client.post(TASKS, json={"title": None}), "body", "title")


def test_automatic_ids_pass_over_explicit_ones(client, new_task):
    last = new_task()["id"]
    ahead = [last + step for step in (1, 2, 3, 5, 8)]
    for task_id in ahead:
        response = client.post(TASKS, json={"id": task_id, "title": "ahead"})
        assert response.status_code in {201, 400}  # an earlier test may have it
    drawn = [new_task()["id"] for _ in range(8)]
    assert len({last, *ahead, *drawn}) == 14


def test_gets_a_task_with_its_users_by_ascending_id(client, new_user, new_task, assign, unique_id):
    task = new_task()
    last, first = new_user(id=unique_id()), new_user()
    assign(last, task)
    assign(first, task)
    shown = client.get(f"{TASKS}/{task['id']}").json()
    assert shown == task | {"assigned_users": [first, last]}
    for user in shown["assigned_users"]:
        check_user(user)


def test_deletes_a_task_and_its_assignments_but_not_its_users(client, new_user, new_task, assign):
    user, task = new_user(), new_task()
    assign(user, task)
    response = client.delete(f"{TASKS}/{task['id']}")
    assert (response.status_code, response.content) == (204, b"")
    check_error(client.get(f"{TASKS}/{task['id']}"), 400, "task_not_found", "Task not found")
    assert client.get(f"/api/v1/users/{user['id']}").json() == user | {"tasks": []}
    new_task(id=task["id"])
    assert client.get(f"{TASKS}/{task['id']}/users").json() == []


@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("GET", ""),
        ("PUT", ""),
        ("DELETE", ""),
        ("PATCH", "/status?status=todo"),
        ("GET", "/users"),
        ("POST", "/users/1"),
        ("DELETE", "/users/1"),
    ],
)
def test_a_task_that_does_not_exist(client, method, rest):
    body: dict[str, str] | None = {} if method == "PUT" else None
    response = client.request(method, f"{TASKS}/{MISSING}{rest}", json=body)
    check_error(response, 400, "task_not_found", "Task not found")
