"""`PUT /api/v1/tasks/{id}` and `PATCH /api/v1/tasks/{id}/status`."""

from typing import Any

import pytest

from tests.http.wire import MISSING, STATUSES, check_invalid, check_task

TASKS = "/api/v1/tasks"


def _touched(before: Any, after: Any) -> Any:
    assert after["updated_at"] > before["updated_at"]
    assert after["created_at"] == before["created_at"]
    return {name: value for name, value in after.items() if name != "updated_at"}


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "another"},
        {"description": "more words"},
        {"description": None},
        {"status": "canceled"},
        {"title": "another", "description": "", "status": "completed"},
        {"title": "kept", "description": "kept", "status": "in_progress"},
        {},
    ],
)
def test_updates_only_what_it_is_given_and_the_time(client, new_task, changes):
    task = new_task(title="kept", description="kept", status="in_progress")
    response = client.put(f"{TASKS}/{task['id']}", json=changes)
    assert response.status_code == 200
    check_task(response.json())
    expected = {name: value for name, value in task.items() if name != "updated_at"} | changes
    assert _touched(task, response.json()) == expected
    shown = client.get(f"{TASKS}/{task['id']}").json()
    assert shown == response.json() | {"assigned_users": []}


@pytest.mark.parametrize("field", ["title", "status"])
def test_null_does_not_clear_what_is_required(client, new_task, field):
    task = new_task()
    path = f"{TASKS}/{task['id']}"
    check_invalid(client.put(path, json={field: None, "description": "d"}), "body", field)
    assert client.get(path).json() == task | {"assigned_users": []}


def test_an_update_checks_input_before_existence(client):
    check_invalid(client.put(f"{TASKS}/{MISSING}", json={"title": ""}), "body", "title")


def test_every_status_may_follow_every_other(client, new_task):
    task = new_task()
    path = f"{TASKS}/{task['id']}"
    for before in STATUSES:
        for after in STATUSES:
            assert client.put(path, json={"status": before}).json()["status"] == before
            response = client.patch(f"{path}/status", params={"status": after})
            assert response.status_code == 200
            assert response.json()["status"] == after


def test_sets_the_status_alone(client, new_task):
    task = new_task(description="kept")
    response = client.patch(f"{TASKS}/{task['id']}/status?status=completed")
    check_task(response.json())
    changed = _touched(task, response.json())
    assert changed == {n: v for n, v in task.items() if n != "updated_at"} | {"status": "completed"}
    again = client.patch(f"{TASKS}/{task['id']}/status?status=completed").json()
    assert _touched(response.json(), again) == changed


@pytest.mark.parametrize(
    "query", ["", "?status=", "?status=bad", "?status=TODO", "?status=todo&status=x"]
)
def test_setting_the_status_needs_a_status(client, new_task, query):
    task = new_task()
    path = f"{TASKS}/{task['id']}"
    check_invalid(client.patch(f"{path}/status{query}"), "query", "status")
    assert client.get(path).json() == task | {"assigned_users": []}
    check_invalid(client.patch(f"{TASKS}/{MISSING}/status{query}"), "query", "status")


def test_the_last_status_counts_and_a_body_is_not_read(client, new_task):
    path = f"{TASKS}/{new_task()['id']}/status?status=bad&status=canceled"
    response = client.patch(path, content=b"{", headers={"content-type": "text/plain"})
    assert response.status_code == 200
    assert response.json()["status"] == "canceled"
