"""Personal tasks: how they are made, read, changed and deleted."""

import datetime as dt

import pytest

from tests.http.wire import MISSING, check_error, check_invalid, check_own_task


def test_a_task_is_created_with_its_fields_alone(client, owner):
    response = client.post(f"/api/{owner}/tasks", json={"title": " Tea "})
    assert response.status_code == 201
    task = response.json()
    check_own_task(task, owner)
    assert (task["title"], task["description"], task["due_date"]) == (" Tea ", None, None)
    assert (task["status"], task["completed"]) == ("todo", False)
    assert task["created_at"] == task["updated_at"]
    assert client.get(f"/api/{owner}/tasks/{task['id']}").json() == task
    assert client.get(f"/api/{owner}/tasks").json() == [task]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"status": "pending"}, "todo"),
        ({"status": "in_progress"}, "in_progress"),
        ({"status": "canceled", "completed": False}, "canceled"),
        ({"status": "pending", "completed": False}, "todo"),
        ({"status": "completed"}, "completed"),
        ({"status": "completed", "completed": True}, "completed"),
        ({"completed": True}, "completed"),
        ({"completed": False}, "todo"),
    ],
)
def test_a_task_is_created_in_any_status(new_own_task, said, status):
    task = new_own_task(**said)
    assert (task["status"], task["completed"]) == (status, status == "completed")


@pytest.mark.parametrize("due_date", ["0001-01-01", "2024-02-29", "9999-12-31", None])
def test_the_longest_texts_and_every_date_are_taken(client, owner, new_own_task, due_date):
    fields = {"title": "\U0001f600" * 200, "description": "ü" * 1000, "due_date": due_date}
    task = new_own_task(**fields)
    assert client.get(f"/api/{owner}/tasks/{task['id']}").json() == task
    assert {name: task[name] for name in fields} == fields


def test_what_nobody_asked_for_is_ignored(owner, new_own_task):
    given = {"id": MISSING, "user_id": "another", "owner": "another", "version": 9, "x": {}}
    task = new_own_task(**given)
    check_own_task(task, owner)
    assert task["id"] != MISSING


BAD = [
    *(("title", value) for value in ("", " \t", "x" * 201, 5, None, "a\0b", ["x"])),
    *(("description", value) for value in ("x" * 1001, 5, "\0")),
    *(("status", value) for value in ("done", "all", "", "TODO", None, 1)),
    *(("completed", value) for value in ("true", 1, None)),
    *(("due_date", value) for value in ("tomorrow", "2026-02-30", "2026-1-1", "", 5, True)),
    *(("due_date", value) for value in ("10000-01-01", "0000-01-01", "20260101", "2026-W01-1")),
    # Timestamps, but not of a midnight in UTC.
    *(
        ("due_date", f"2026-01-01T{time}")
        for time in ("00:00:01Z", "00:00:00.001Z", "12:00:00Z", "00:00:00+01:00", "00:00:00", "Z")
    ),
    ("due_date", "0001-01-01T00:00:00+00:01"),
]

MIDNIGHTS = [
    *("2026-12-31T00:00:00.000Z", "2026-12-31T00:00:00Z", "2026-12-31T00:00:00+00:00"),
    *("2026-12-31T02:00:00+02:00", "2026-12-30T19:00:00-05:00", "2026-12-31T00:00:00-00:00"),
]


@pytest.mark.parametrize("midnight", MIDNIGHTS)
def test_a_midnight_in_utc_is_a_due_date(client, owner, new_own_task, midnight):
    made = new_own_task(due_date=midnight)
    assert made["due_date"] == "2026-12-31"
    path = f"/api/{owner}/tasks/{made['id']}"
    assert client.put(path, json={"due_date": "2030-01-02"}).json()["due_date"] == "2030-01-02"
    assert client.put(path, json={"due_date": midnight}).json()["due_date"] == "2026-12-31"


@pytest.mark.parametrize("value", ["tomorrow", "2026-01-01T12:00:00Z"])
def test_a_bad_due_date_is_told_what_a_date_looks_like(client, owner, value):
    answer = client.post(f"/api/{owner}/tasks", json={"title": "x", "due_date": value})
    [fault] = answer.json()["detail"]
    assert fault["msg"].startswith("must be a date such as 2025-02-03")
    assert ("midnight in UTC" in fault["msg"]) is ("T" in value)


@pytest.mark.parametrize(("field", "value"), BAD, ids=repr)
def test_a_bad_field_is_named(client, owner, new_own_task, field, value):
    task = new_own_task()
    body = {"title": "other", field: value}
    check_invalid(client.post(f"/api/{owner}/tasks", json=body), "body", field)
    check_invalid(client.put(f"/api/{owner}/tasks/{task['id']}", json=body), "body", field)
    assert client.get(f"/api/{owner}/tasks").json() == [task]


@pytest.mark.parametrize(
    ("status", "completed"),
    [("completed", False), ("todo", True), ("pending", True), ("canceled", True)],
)
def test_status_and_completed_may_not_disagree(client, owner, new_own_task, status, completed):
    task = new_own_task()
    body = {"title": "other", "status": status, "completed": completed}
    check_invalid(client.post(f"/api/{owner}/tasks", json=body), "body")
    check_invalid(client.put(f"/api/{owner}/tasks/{task['id']}", json=body), "body")
    assert client.get(f"/api/{owner}/tasks").json() == [task]


@pytest.mark.parametrize("body", [{}, {"description": "no title"}])
def test_a_title_is_required(client, owner, body):
    response = client.post(f"/api/{owner}/tasks", json=body)
    check_invalid(response, "body", "title", kind="missing")


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff"])
def test_a_body_is_a_json_object(client, owner, new_own_task, body):
    path, headers = f"/api/{owner}/tasks", {"content-type": "application/json"}
    task = new_own_task()
    check_invalid(client.post(path, content=body, headers=headers), "body")
    check_invalid(client.put(f"{path}/{task['id']}", content=body, headers=headers), "body")
    assert client.get(path).json() == [task]


@pytest.mark.parametrize(
    ("changes", "after"),
    [
        ({}, {}),
        ({"title": "new"}, {}),
        ({"description": "new"}, {}),
        ({"description": None}, {}),
        ({"due_date": "2030-01-02"}, {}),
        ({"due_date": None}, {}),
        ({"status": "canceled"}, {}),
        ({"status": "pending"}, {"status": "todo"}),
        ({"completed": True}, {"status": "completed"}),
        ({"completed": False}, {}),
        ({"status": "completed", "completed": True}, {}),
        ({"status": "todo", "completed": False}, {}),
        ({"id": 1, "user_id": "another", "created_at": "1999-01-01T00:00:00Z"}, None),
    ],
    ids=repr,
)
def test_put_changes_what_it_names(client, owner, new_own_task, changes, after):
    before = new_own_task(description="old", due_date="2026-01-01", status="in_progress")
    response = client.put(f"/api/{owner}/tasks/{before['id']}", json=changes)
    assert response.status_code == 200, response.text
    task = response.json()
    check_own_task(task, owner)
    expected = before if after is None else before | changes | after
    expected["completed"] = expected["status"] == "completed"
    assert task == expected | {"updated_at": task["updated_at"]}
    old, new = (dt.datetime.fromisoformat(it["updated_at"]) for it in (before, task))
    assert old < new
    assert client.get(f"/api/{owner}/tasks/{task['id']}").json() == task


@pytest.mark.parametrize("status", ["todo", "in_progress", "canceled"])
def test_completed_false_leaves_an_open_task_alone(client, owner, new_own_task, status):
    task = new_own_task(status=status)
    changed = client.put(f"/api/{owner}/tasks/{task['id']}", json={"completed": False}).json()
    assert (changed["status"], changed["completed"]) == (status, False)


def test_completed_false_reopens_a_completed_task(client, owner, new_own_task):
    task = new_own_task(status="completed")
    changed = client.put(f"/api/{owner}/tasks/{task['id']}", json={"completed": False}).json()
    assert (changed["status"], changed["completed"]) == ("todo", False)


def test_a_deleted_task_is_gone(client, owner, new_own_task):
    task, other = new_own_task(), new_own_task()
    path = f"/api/{owner}/tasks/{task['id']}"
    response = client.delete(path)
    assert (response.status_code, response.content) == (204, b"")
    check_error(client.delete(path), 404, "task_not_found", "Task not found")
    check_error(client.get(path), 404, "task_not_found", "Task not found")
    assert client.get(f"/api/{owner}/tasks").json() == [other]


ONE = [("GET", ""), ("PUT", ""), ("DELETE", ""), ("PATCH", "/complete")]


@pytest.mark.parametrize("task_id", [str(MISSING), "0", "-1", "9" * 30])
@pytest.mark.parametrize(("method", "rest"), ONE)
def test_a_task_that_is_not_there_is_not_found(client, owner, method, rest, task_id):
    body = {"title": "x"} if method == "PUT" else None
    response = client.request(method, f"/api/{owner}/tasks/{task_id}{rest}", json=body)
    check_error(response, 404, "task_not_found", "Task not found")


@pytest.mark.parametrize("task_id", ["abc", "1.0", "1_000", "+1", "%D9%A1", "%00"])
@pytest.mark.parametrize(("method", "rest"), ONE)
def test_an_id_is_an_integer(client, owner, method, rest, task_id):
    body = {"title": "x"} if method == "PUT" else None
    response = client.request(method, f"/api/{owner}/tasks/{task_id}{rest}", json=body)
    check_invalid(response, "path", "task_id")
