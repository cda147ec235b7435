"""Removal of a user, of what it has, and of an account's personal list: in one transaction.

Nobody assigns a task to a user that is locked, so what is found then is all that it has.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from fring_adapters.postgres.repositories.recording import sent, tell_all
from fring_adapters.postgres.sql import user_removal as sql
from fring_adapters.postgres.sql.rows import TASKS, USERS
from fring_adapters.postgres.sql.tasks import REMOVE
from fring_core.events import deleted, unassigned
from fring_core.versions import check_version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fring_adapters.postgres.wire.executor import Executor
    from fring_adapters.postgres.wire.statement import Statement
    from fring_core import Cause, Event

Told: TypeAlias = "list[tuple[Event, int]]"
Calls: TypeAlias = "Sequence[tuple[Event, Mapping[str, object]]]"


async def removed(user_id: int, version: int | None, cause: Cause, executor: Executor) -> bool:
    """Remove a user; tell whether it was there, and its cause of all that has changed."""
    work = partial(_remove, user_id, version, cause)
    told, is_account = await executor.all_or_nothing(work)
    if is_account:  # what came to its list meanwhile
        told += await executor.all_or_nothing(partial(_clear, user_id, cause))
    tell_all(cause, told)
    return bool(told)


async def _remove(
    user_id: int, version: int | None, cause: Cause, executor: Executor
) -> tuple[Told, bool]:
    me = {"id": user_id, "wordy": cause.is_wordy}
    await executor.ask(sql.LOCK_TASKS, me)  # first, as whoever assigns one does
    rows = await executor.ask(sql.LOCK, me)
    if not rows:
        return [], False
    [(*values, is_account)] = rows
    user = USERS.entity(tuple(values))
    check_version(user, version)
    its_tasks = await executor.ask(sql.LOCK_TASKS, me)
    calls = [
        (unassigned(task_id, user_id, version + 1, cause, known), {"id": task_id})
        for task_id, version, known in its_tasks
    ]
    told = await _told(sql.UNASSIGN, calls, executor)
    told += await _told(sql.REMOVE, [(deleted(user, cause), me)], executor)
    if is_account:
        told += await _clear(user_id, cause, executor)
    return told, is_account


async def _clear(user_id: int, cause: Cause, executor: Executor) -> Told:
    """Remove what is on the list of an account that is gone."""
    told: Told = []
    asked = {"id": user_id, "owner": str(user_id)}
    while rows := await executor.ask(sql.LEFT, asked):
        tasks = map(TASKS.entity, rows)
        calls = [
            (deleted(task, cause), {"id": task.id, "owner": task.owner, "was": task.version})
            for task in tasks
        ]
        told += await _told(REMOVE, calls, executor)
    return told


async def _told(statement: Statement, calls: Calls, executor: Executor) -> Told:
    """Have a statement make changes, and return their events, each with its number."""
    told: Told = []
    for start in range(0, len(calls), sql.SOME):
        some = calls[start : start + sql.SOME]
        asked = [{**call, "events": sent(event)} for event, call in some]
        found = await executor.ask_each(statement, asked)
        told += [(event, number) for (event, _), [(_, number)] in zip(some, found, strict=True)]
    return told
