"""What a client may do in one turn: a function each, and how often each comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.load import Caller

STATUSES: Final = ("todo", "in_progress", "completed", "canceled")
RECENT: Final = 8  # so few that clients meet
CLAIMANTS: Final = 4
LENGTH: Final = 2000


def _recent(of: dict[str, int], caller: Caller) -> tuple[str, int] | None:
    latest = list(of.items())[-RECENT:]
    return caller.random.choice(latest) if latest else None


def create_task(caller: Caller) -> None:
    """Create a task whose title nobody else gives."""
    title = caller.name()
    writes = (
        (("task", title), True),
        (("status", title), "todo"),
        (("description", title), "new"),
    )
    body = {"title": title, "description": "new"}
    if made := caller.ask("create task", "POST", "/tasks", body=body, writes=writes):
        caller.known.tasks[title] = made["id"]


def change_status(caller: Caller) -> None:
    """Set the status of a task."""
    if found := _recent(caller.known.tasks, caller):
        title, number = found
        status = caller.random.choice(STATUSES)
        caller.ask(
            "change status",
            "PATCH",
            f"/tasks/{number}/status?status={status}",
            writes=((("status", title), status),),
        )


def describe(caller: Caller) -> None:
    """Give a task a description that no other request gives."""
    _describe(caller, caller.name())


def describe_at_length(caller: Caller) -> None:
    """Give it one that takes room on the disk."""
    _describe(caller, f"{caller.name()} {caller.random.randbytes(LENGTH // 2).hex()}")


def _describe(caller: Caller, text: str) -> None:
    if found := _recent(caller.known.tasks, caller):
        title, number = found
        caller.ask(
            "describe",
            "PUT",
            f"/tasks/{number}",
            body={"description": text},
            writes=((("description", title), text),),
        )


def read_task(caller: Caller) -> None:
    """Read a task with its users."""
    if found := _recent(caller.known.tasks, caller):
        caller.ask("read task", "GET", f"/tasks/{found[1]}")


def delete_task(caller: Caller) -> None:
    """Delete a task."""
    if found := _recent(caller.known.tasks, caller):
        title, number = found
        caller.ask("delete task", "DELETE", f"/tasks/{number}", writes=((("task", title), None),))
        caller.known.tasks.pop(title, None)


def create_user(caller: Caller) -> None:
    """Create a user whose name nobody else gives."""
    _create_user(caller, "create user", caller.name())


def claim_name(caller: Caller) -> None:
    """Create a user under a name that other clients try to get at about this time."""
    latest = len(caller.known.users) // CLAIMANTS
    _create_user(caller, "claim name", f"claimed-{latest}")


def _create_user(caller: Caller, verb: str, name: str) -> None:
    body = {"username": name, "email": f"{name}@example.com"}
    writes = ((("user", name), True),)
    if made := caller.ask(verb, "POST", "/users", body=body, writes=writes):
        caller.known.users[name] = made["id"]


def read_user(caller: Caller) -> None:
    """Read a user with its tasks."""
    if found := _recent(caller.known.users, caller):
        caller.ask("read user", "GET", f"/users/{found[1]}")


def assign(caller: Caller) -> None:
    """Assign a task to a user."""
    _pair(caller, "assign", "POST", present=True)


def unassign(caller: Caller) -> None:
    """Take a task from a user."""
    _pair(caller, "unassign", "DELETE", present=False)


def _pair(caller: Caller, verb: str, method: str, *, present: bool) -> None:
    task, user = _recent(caller.known.tasks, caller), _recent(caller.known.users, caller)
    if task and user:
        cell = ("assigned", user[0], task[0])
        path = f"/users/{user[1]}/tasks/{task[1]}"
        caller.ask(verb, method, path, writes=((cell, True if present else None),))


ON_TASKS: Final[tuple[Callable[[Caller], None], ...]] = (
    *(create_task, create_task, create_task, change_status, change_status, change_status),
    *(describe, describe, read_task, read_task, delete_task, assign, assign, unassign),
)
ON_FEW_TASKS: Final = (create_task, read_task, *[change_status] * 6, *[describe] * 6)
ON_USERS: Final[tuple[Callable[[Caller], None], ...]] = (create_user, claim_name, read_user)
MIXED: Final = (*ON_TASKS, *ON_USERS)
WITH_KEYS: Final = tuple(turn for turn in MIXED if turn is not delete_task)
WRITES: Final = frozenset(
    {"create task", "change status", "describe", "delete task", "assign", "unassign"}
    | {"create user", "claim name"}
)
READS: Final = frozenset({"read task", "read user"})
EVERYTHING: Final = WRITES | READS
