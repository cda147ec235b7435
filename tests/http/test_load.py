"""A hundred clients at once, each using every endpoint, and each seeing exactly its own work."""

from collections.abc import Generator
from typing import Any

import anyio
import pytest

from tests.http.test_v1_paths import ENDPOINTS
from tests.http.wire import async_client

CLIENTS = 100


def _story(name: str) -> Generator[tuple[str, str, Any, int], Any, None]:
    """Yield one client's requests with the status each must get; be sent each answer back."""
    email = f"{name}@example.com"
    user = yield "POST", "/users", {"username": name, "email": email}, 201
    at = f"/users/{user['id']}"
    task = yield "POST", "/tasks/", {"title": name}, 201
    other = yield "POST", "/tasks", {"title": name, "status": "in_progress"}, 201
    of = f"/tasks/{task['id']}"
    yield "POST", f"{at}/tasks/{task['id']}", None, 201
    yield "POST", f"/tasks/{other['id']}/users/{user['id']}", None, 201
    yield "POST", f"{at}/tasks/{task['id']}", None, 400
    for status in ("in_progress", "completed"):
        changed = yield "PATCH", f"{of}/status?status={status}", None, 200
        assert changed["status"] == status
        changed = yield "PUT", of, {"title": f"{name} {status}", "description": status}, 200
        assert (changed["description"], changed["status"]) == (status, status)
        shown = yield "GET", of, None, 200
        assert shown == changed | {"assigned_users": [user]}
    shown = yield "GET", at, None, 200
    assert shown == user | {"tasks": [changed, other]}
    tasks = yield "GET", f"{at}/tasks?status=completed", None, 200
    assert tasks == [changed]
    users = yield "GET", f"{of}/users", None, 200
    assert users == [user]
    users = yield "GET", f"/users?username={name}", None, 200
    assert users == [user]
    tasks = yield "GET", f"/tasks?title={name}&assigned=true&limit=10", None, 200
    assert tasks == [changed, other]
    yield "GET", "/tasks?limit=10", None, 200
    renamed = yield "PUT", at, {"username": f"{name}-2"}, 200
    assert renamed == user | {"username": f"{name}-2"}
    yield "DELETE", f"{at}/tasks/{task['id']}", None, 204
    yield "DELETE", f"/tasks/{other['id']}/users/{user['id']}", None, 204
    yield "DELETE", f"{at}/tasks/{task['id']}", None, 400
    tasks = yield "GET", f"{at}/tasks", None, 200
    assert tasks == []
    yield "POST", f"{of}/users/{user['id']}", None, 201
    yield "DELETE", of, None, 204
    yield "GET", of, None, 400
    yield "DELETE", f"/tasks/{other['id']}", None, 204
    yield "DELETE", at, None, 204
    yield "GET", at, None, 400


@pytest.mark.parametrize("server", ["postgres"], indirect=True)
def test_a_hundred_clients_at_once(server, unique):
    met = set()

    async def run():
        story = _story(unique())
        method, path, body, status = next(story)
        async with async_client(server) as client:
            while True:
                response = await client.request(method, f"/api/v1{path}", json=body)
                assert response.status_code == status, f"{method} {path}: {response.text}"
                met.add((method, _shape(path)))
                answer = response.json() if response.content else None
                try:
                    method, path, body, status = story.send(answer)
                except StopIteration:
                    return

    async def run_all():
        async with anyio.create_task_group() as group:
            for _ in range(CLIENTS):
                group.start_soon(run)

    anyio.run(run_all)
    assert met == {(method, _shape(path)) for method, path, _ in ENDPOINTS}


def _shape(path: str) -> tuple[str, ...]:
    steps = path.partition("?")[0].strip("/").split("/")
    return tuple("{}" if step.isdigit() or step.startswith("{") else step for step in steps)
