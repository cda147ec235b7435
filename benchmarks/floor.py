"""The floor: what Python can do with nothing in between.

A bare ASGI function, psycopg with a pool of 16, SQL by hand, one statement a request, and msgspec.
It checks next to nothing, knows no errors and writes no log. Nobody would ship it.
"""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs

import msgspec
from psycopg_pool import AsyncConnectionPool

from benchmarks import by_hand

Answer = tuple[int, Any]
POOL: Final = AsyncConnectionPool(
    os.environ.get("CONNINFO", ""),
    min_size=16,
    max_size=16,
    open=False,
    kwargs={"autocommit": True, "prepare_threshold": 0},
)
ENCODER: Final = msgspec.json.Encoder()
ASSIGNED: Final = {"message": "assigned"}


class Task(msgspec.Struct, gc=False):
    """Show a task."""

    id: int
    title: str
    description: str | None
    status: str
    created_at: datetime
    updated_at: datetime


class User(msgspec.Struct, gc=False):
    """Show a user."""

    id: int
    username: str
    email: str
    created_at: datetime


class UserWithTasks(User):
    """Show a user with its tasks."""

    tasks: list[Task]


class TaskWithUsers(Task):
    """Show a task with its users."""

    assigned_users: list[User]


class Written(msgspec.Struct):
    """Hold what a client wrote of a task."""

    title: str
    description: str | None = None
    status: str = "todo"


WRITTEN: Final = msgspec.json.Decoder(Written)


async def run(statement: str, *values: Any) -> list[Any]:
    """Return the rows of a statement."""
    async with POOL.connection() as connection:
        cursor = connection.cursor(binary=True)
        await cursor.execute(statement, values)
        return await cursor.fetchall() if cursor.description else []


async def read(path: list[str], query: str) -> Answer:
    """Answer a GET."""
    match path:
        case ["users", number, "tasks"]:
            return 200, [Task(*row) for row in await run(by_hand.TASKS_OF_USER, int(number))]
        case ["tasks", number, "users"]:
            return 200, [User(*row) for row in await run(by_hand.USERS_OF_TASK, int(number))]
        case ["users", number]:
            rows = await run(by_hand.GET_USER, int(number))
            tasks = [Task(*row[4:]) for row in rows if row[4]]
            return 200, UserWithTasks(*rows[0][:4], tasks=tasks)  # type: ignore[misc]  # one is left
        case ["tasks", number]:
            rows = await run(by_hand.GET_TASK, int(number))
            users = [User(*row[6:]) for row in rows if row[6]]
            return 200, TaskWithUsers(*rows[0][:6], assigned_users=users)  # type: ignore[misc]  # as above
    asked = parse_qs(query)
    page = int(asked.get("limit", ["100"])[0]), int(asked.get("skip", ["0"])[0])
    if path == ["users"]:
        return 200, [User(*row) for row in await run(by_hand.USERS, *page)]
    if "status" in asked:
        rows = await run(by_hand.TASKS_BY_STATUS, asked["status"][0], *page)
    else:
        rows = await run(by_hand.TASKS, *page)
    return 200, [Task(*row) for row in rows]


async def write(method: str, path: list[str], query: str, receive: Any) -> Answer:
    """Answer what is no GET."""
    match method, path:
        case _, ["users", user, "tasks", task]:
            add = method == "POST"
            await run(by_hand.ASSIGN if add else by_hand.UNASSIGN, int(user), int(task))
            return (201, ASSIGNED) if add else (204, None)
        case "DELETE", [kind, number]:
            await run(by_hand.DELETE[kind], int(number))
            return 204, None
        case "PATCH", ["tasks", task, "status"]:
            [row] = await run(by_hand.SET_STATUS, parse_qs(query)["status"][0], int(task))
            return 200, Task(*row)
    body = await body_of(receive)
    if path[0] == "users":
        return await write_user(path, msgspec.json.decode(body))
    new = WRITTEN.decode(body)
    if method == "POST":
        [row] = await run(by_hand.CREATE, new.title, new.description, new.status)
        return 201, Task(*row)
    [row] = await run(by_hand.SET_TITLE, new.title, int(path[1]))
    return 200, Task(*row)


async def write_user(path: list[str], fields: dict[str, str]) -> Answer:
    """Create a user, or change its e-mail."""
    if len(path) == 1:
        [row] = await run(by_hand.CREATE_USER, fields["username"], fields["email"])
        return 201, User(*row)
    [row] = await run(by_hand.SET_EMAIL, fields["email"], int(path[1]))
    return 200, User(*row)


async def body_of(receive: Any) -> bytes:
    """Return the body of a request."""
    parts, more = [], True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answer a request; open the pool before the first one, and close it after the last."""
    if scope["type"] == "lifespan":
        await receive()
        await POOL.open(wait=True)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await POOL.close()
        await send({"type": "lifespan.shutdown.complete"})
        return
    path = scope["path"].removeprefix("/api/v1/").split("/")
    query = scope["query_string"].decode()
    if scope["method"] == "GET":
        status, shown = await read(path, query)
    else:
        status, shown = await write(scope["method"], path, query, receive)
    body = b"" if shown is None else ENCODER.encode(shown)
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
