"""Completing personal tasks: the toggle, many at once, and under a strict workflow."""

from typing import Any

import anyio
import httpx
import pytest

from fring_core import PERMISSIVE, STRICT
from fring_http.server.composition import create
from fring_http.server.modes import AuthMode
from fring_http.server.settings import Settings
from tests.http.wire import check_error, check_own_task
from tests.serving import DEADLINE, serving

CROWD = 32


@pytest.mark.parametrize("status", ["todo", "in_progress", "canceled"])
def test_the_toggle_completes_and_reopens(client, owner, new_own_task, status):
    before = new_own_task(status=status, description="kept", due_date="2026-01-01")
    path = f"/api/{owner}/tasks/{before['id']}"
    for expected in ("completed", "todo", "completed"):
        response = client.patch(f"{path}/complete")
        assert response.status_code == 200
        task = response.json()
        check_own_task(task, owner)
        new = {"status": expected, "completed": expected == "completed"}
        assert task == before | new | {"updated_at": task["updated_at"]}
        assert client.get(path).json() == task


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8"])
def test_the_toggle_takes_an_empty_body(client, owner, new_own_task, content_type):
    task = new_own_task()
    response = client.patch(
        f"/api/{owner}/tasks/{task['id']}/complete",
        content=b"",
        headers={"content-type": content_type},
    )
    assert (response.status_code, response.json()["completed"]) == (200, True)


JSON = {"content-type": "application/json"}
# What says nothing of `completed`, by its bytes or by its headers.
IGNORED: list[tuple[bytes, Any]] = [
    (b"", JSON),
    (b'{"completed": true}', {}),
    (b'{"completed": true}', {"content-type": "text/plain"}),
    (b'{"completed": true}', [*JSON.items()] * 2),
    (b'{"completed": true}', JSON | {"content-encoding": "gzip"}),
    (b'{"completed": "true"}', JSON),
    (b'{"completed": 1}', JSON),
    (b'{"completed": null}', JSON),
    (b'{"Completed": true}', JSON),
    (b'{"status": "completed"}', JSON),
    (b"{}", JSON),
    (b"true", JSON),
    (b'[{"completed": true}]', JSON),
    (b'{"completed": true', JSON),
    (b'{"completed": true, "x": "\xff"}', JSON),
    (b'{"completed": true, "x": NaN}', JSON),
    (b'{"completed": true, "x": ' + b"[" * 5500, JSON),
    (b'{"completed": true, "x": "' + b"x" * 2**20 + b'"}', JSON),
]


@pytest.mark.parametrize(
    ("body", "headers"), IGNORED, ids=[f"{number}" for number in range(len(IGNORED))]
)
def test_any_other_body_is_ignored(client, owner, new_own_task, body, headers):
    path = f"/api/{owner}/tasks/{new_own_task()['id']}/complete"
    # A connection each: the server hangs up where it has not read all.
    fields = [*httpx.Headers(headers).multi_items(), ("connection", "close")]
    for expected in (True, False):
        response = client.patch(path, content=body, headers=fields)
        assert (response.status_code, response.json()["completed"]) == (200, expected)


def test_a_body_of_chunks_that_is_too_large_is_ignored(client, owner, new_own_task):
    path = f"/api/{owner}/tasks/{new_own_task()['id']}/complete"
    chunks = iter([b'{"completed": false, "x": "', *[b"x" * 2**16] * 20, b'"}'])
    response = client.patch(path, content=chunks, headers=JSON | {"connection": "close"})
    assert (response.status_code, response.json()["completed"]) == (200, True)


@pytest.mark.parametrize("status", ["todo", "in_progress", "canceled", "completed"])
@pytest.mark.parametrize(
    "headers", [JSON, {"content-type": "Application/JSON; charset=utf-8"}], ids=str
)
def test_a_body_that_says_completed_is_obeyed(client, owner, new_own_task, status, headers):
    before = new_own_task(status=status)
    path = f"/api/{owner}/tasks/{before['id']}"
    for body, expected in (
        (b'{"completed": false}', "todo" if status == "completed" else status),
        (b'{"completed": true, "x": 1}', "completed"),
        (b'{"completed": true}', "completed"),
        (b'{"completed": true, "completed": false}', "todo"),
    ):
        response = client.patch(f"{path}/complete", content=body, headers=headers)
        task = response.json()
        assert (response.status_code, task["status"]) == (200, expected)
        assert task["updated_at"] > before["updated_at"]
        before = client.get(path).json()
        assert before == task


def test_toggles_at_the_same_time_all_count(client, owner, new_own_task, at_once):
    task = new_own_task()
    path = f"/api/{owner}/tasks/{task['id']}"
    responses = at_once([("PATCH", f"{path}/complete")] * (CROWD + 1))
    assert {response.status_code for response in responses} == {200}
    # Each saw the one before it, so they alternate: one more completes than reopens.
    completed = [response.json()["completed"] for response in responses]
    assert (completed.count(True), completed.count(False)) == (CROWD // 2 + 1, CROWD // 2)
    after = client.get(path).json()
    assert after["completed"] is True
    assert after["updated_at"] == max(response.json()["updated_at"] for response in responses)


def test_a_toggle_and_a_change_at_the_same_time_both_count(client, owner, new_own_task, at_once):
    task = new_own_task()
    path = f"/api/{owner}/tasks/{task['id']}"
    changes = [("PUT", path, {"title": "renamed"}), ("PUT", path, {"due_date": "2030-01-01"})]
    responses = at_once([*changes * 4, ("PATCH", f"{path}/complete")])
    assert {response.status_code for response in responses} == {200}
    after = client.get(path).json()
    assert (after["title"], after["due_date"]) == ("renamed", "2030-01-01")
    assert after["completed"] is True


@pytest.fixture(scope="module")
def strict(tmp_path_factory):
    folder = tmp_path_factory.mktemp("strict")
    with (
        serving(folder, DATABASE_URL="memory://", FRING_WORKFLOW="strict") as server,
        httpx.Client(base_url=server.url, timeout=DEADLINE, verify=False) as client,
    ):
        yield client


@pytest.mark.parametrize(
    ("method", "rest", "body"),
    [
        ("PUT", "", {"status": "completed"}),
        ("PUT", "", {"completed": True, "title": "other"}),
        ("PATCH", "/complete", None),
        ("PATCH", "/complete", {"completed": True}),
    ],
)
def test_a_move_that_the_workflow_forbids_is_a_conflict(strict, owner, method, rest, body):
    task = strict.post(f"/api/{owner}/tasks", json={"title": "x"}).json()
    path = f"/api/{owner}/tasks/{task['id']}"
    response = strict.request(method, path + rest, json=body)
    detail = "Status cannot change from 'todo' to 'completed'"
    check_error(response, 409, "transition_refused", detail)
    assert strict.get(path).json() == task


def test_a_strict_workflow_lets_started_work_be_toggled(strict, owner):
    task = strict.post(f"/api/{owner}/tasks", json={"title": "x", "status": "in_progress"}).json()
    path = f"/api/{owner}/tasks/{task['id']}/complete"
    assert strict.patch(path).json()["status"] == "completed"
    assert strict.patch(path).json()["status"] == "todo"
    check_error(strict.patch(path), 409, "transition_refused")


def test_personal_lists_may_have_a_workflow_of_their_own():
    settings = Settings(
        database_url="memory://", workflow=STRICT, personal_workflow=PERMISSIVE, auth=AuthMode.OFF
    )

    async def scenario():
        transport = httpx.ASGITransport(create(settings))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            task = (await client.post("/api/ann/tasks", json={"title": "x"})).json()
            toggled = await client.patch(f"/api/ann/tasks/{task['id']}/complete")
            assert toggled.json()["status"] == "completed"
            task = (await client.post("/api/v1/tasks", json={"title": "x"})).json()
            refused = await client.put(f"/api/v1/tasks/{task['id']}", json={"status": "completed"})
            check_error(refused, 400, "transition_refused")

    anyio.run(scenario)
