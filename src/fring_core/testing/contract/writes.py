"""A small world, and one write of each kind in it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import attrs

from fring_core import Cause, NewTask, NewUser, Role, TaskStatus
from fring_core.testing.contract.examples import CAUSE, DUE, LATER, add_task, add_user, save

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from fring_core import Store, Task

    Write = Callable[[Store], Coroutine[Any, Any, object]]


async def settle(store: Store) -> None:
    """Add users 1 to 3, two with hashes, tasks 1 to 4 on three lists, and assignments.

    The task 2 is to be reminded of, and its time has come.
    """
    for number, password_hash in ((1, "h1"), (2, "h2"), (3, None)):
        await add_user(store, f"u{number}", number, password_hash)
    for number, owner in ((1, None), (2, None), (3, "ann"), (4, "2")):
        remind_at = CAUSE.at if number == 2 else None
        new = NewTask(f"t{number}", "why", due_date=DUE, id=number, remind_at=remind_at)
        await store.tasks.add(new, owner, CAUSE)
    for pair in ((1, 1), (2, 1), (2, 2)):
        await store.assignments.add(*pair, CAUSE)


async def _rename(store: Store) -> object:
    user = await store.users.get(1)
    assert user is not None
    return await save(store, attrs.evolve(user, username="ann", email="ann@e.o"))


async def _complete(store: Store, task_id: int = 1, owner: str | None = None) -> object:
    task = await store.tasks.get(task_id, owner)
    assert task is not None
    done = attrs.evolve(task, title="a", status=TaskStatus.COMPLETED, updated_at=LATER)
    return await save(store, done)


def _described(task: Task) -> Task:
    return attrs.evolve(task, description="b", updated_at=LATER)


async def _replace(store: Store) -> object:
    credential = await store.credentials.find("u2", None)
    assert credential is not None
    return await store.credentials.replace(credential, "new")


# Each can be done after `settle`, and all of them in this order.
WRITES: dict[str, Write] = {
    "users.change": _rename,
    "tasks.change": _complete,
    "tasks.change on a list": lambda store: _complete(store, 3, "ann"),
    "tasks.change_many": lambda store: store.tasks.change_many([1, 2], None, _described, CAUSE),
    "tasks.remind": lambda store: store.tasks.remind(1, Cause(datetime.now(UTC))),
    "credentials.replace": _replace,
    "credentials.set_role": lambda store: store.credentials.set_role(1, Role.ADMIN),
    "users.add": lambda store: store.users.add(NewUser("new", "new@e.o", 5), CAUSE, "h5"),
    "tasks.add": lambda store: add_task(store, "new", 5),
    "tasks.add_many": lambda store: store.tasks.add_many(
        [NewTask("new", id=7), NewTask("newer", id=8)], None, CAUSE
    ),
    "tasks.add to a list": lambda store: add_task(store, "new", 6, "2"),
    "assignments.add": lambda store: store.assignments.add(3, 2, CAUSE),
    "assignments.remove": lambda store: store.assignments.remove(1, 1, CAUSE),
    "users.remove": lambda store: store.users.remove(2, CAUSE),
    "tasks.remove": lambda store: store.tasks.remove(2, None, CAUSE),
}
