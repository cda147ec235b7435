"""What is asked of a server that has the board of `fring demo --users --tasks`."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Final, TypeAlias

from benchmarks.client import request

if TYPE_CHECKING:
    from benchmarks.load import MakeScript, Script

API: Final = "/api/v1"
# Of twenty tasks on that board, this one is nobody's, and that one's successor is somebody's.
_ROUND, _NOBODYS, _SHARED = 20, 1, 7
Operation: TypeAlias = Callable[[int, Random], "Script"]


def shared_task(tasks: int, random: Random) -> int:
    """Return the id of one of so many tasks, of one that is assigned."""
    return random.randrange(tasks // _ROUND) * _ROUND + _SHARED


def nobodys_task(tasks: int, random: Random) -> int:
    """Return the id of a task that is not assigned."""
    return random.randrange(tasks // _ROUND) * _ROUND + _NOBODYS


def any_user(tasks: int, random: Random) -> int:
    """Return the id of a user; there is one for ten tasks."""
    return random.randint(1, max(1, tasks // 10))


def _get(path: Callable[[int, Random], str]) -> Operation:
    def script(tasks: int, random: Random) -> Script:
        while True:
            yield request("GET", API + path(tasks, random))

    return script


def _skip(_: int, random: Random) -> int:
    return random.randrange(500)


def _create(_: int, __: Random) -> Script:
    while True:
        yield request("POST", f"{API}/tasks", {"title": "Bench", "description": "made up"})


def _create_and_delete(kind: str, new: Callable[[str], object]) -> Operation:
    def script(_: int, random: Random) -> Script:
        while True:
            made = yield request("POST", f"{API}/{kind}", new(_name("made", random)))
            yield request("DELETE", f"{API}/{kind}/{json.loads(made)['id']}")

    return script


def _name(prefix: str, random: Random) -> str:
    return f"{prefix}{random.getrandbits(64)}"


def _update_user(tasks: int, random: Random) -> Script:
    while True:
        path = f"{API}/users/{any_user(tasks, random)}"
        yield request("PUT", path, {"email": f"{_name('changed', random)}@example.org"})


def _update(tasks: int, random: Random) -> Script:
    while True:
        path = f"{API}/tasks/{shared_task(tasks, random)}"
        yield request("PUT", path, {"title": f"Changed {random.random()}"})


def _status(tasks: int, random: Random) -> Script:
    while True:
        status = random.choice(("todo", "in_progress", "completed"))
        yield request("PATCH", f"{API}/tasks/{shared_task(tasks, random)}/status?status={status}")


def assign(tasks: int, random: Random) -> Script:
    """Assign a task that is nobody's, and take it away again."""
    while True:
        user, task = any_user(tasks, random), nobodys_task(tasks, random)
        for method in ("POST", "DELETE"):
            yield request(method, f"{API}/users/{user}/tasks/{task}")


OPERATIONS: Final[dict[str, Operation]] = {
    "GET a user with its tasks": _get(lambda n, r: f"/users/{any_user(n, r)}"),
    "GET a task with its users": _get(lambda n, r: f"/tasks/{shared_task(n, r)}"),
    "list of 10 tasks": _get(lambda n, r: f"/tasks?limit=10&skip={_skip(n, r)}"),
    "list of 100 tasks": _get(lambda n, r: f"/tasks?limit=100&skip={_skip(n, r)}"),
    "list of 20 by status": _get(lambda n, r: f"/tasks?limit=20&status=todo&skip={_skip(n, r)}"),
    "list of 20 users": _get(lambda _, __: "/users?limit=20"),
    "a user's tasks": _get(lambda n, r: f"/users/{any_user(n, r)}/tasks"),
    "a task's users": _get(lambda n, r: f"/tasks/{shared_task(n, r)}/users"),
    "POST a task": _create,
    "PUT a task": _update,
    "PATCH a status": _status,
    "assign, un-assign": assign,
    "PUT a user": _update_user,
    "create, DELETE a task": _create_and_delete("tasks", lambda name: {"title": name}),
    "create, DELETE a user": _create_and_delete(
        "users", lambda name: {"username": name, "email": f"{name}@example.org"}
    ),
}


def on(tasks: int, operation: Operation) -> MakeScript:
    """Return the script of an operation on a board of so many tasks."""
    return partial(operation, tasks)


def mixed(tasks: int, random: Random) -> Script:
    """Ask for one thing or another, all of them in the end."""
    scripts = [each(tasks, random) for each in OPERATIONS.values()]
    waiting = [next(each) for each in scripts]
    while True:
        place = random.randrange(len(scripts))
        answer = yield waiting[place]
        waiting[place] = scripts[place].send(answer)
