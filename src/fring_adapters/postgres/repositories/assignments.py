"""Assignments in PostgreSQL."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

import attrs
import psycopg

from fring_adapters.postgres.repositories.pages import asked_page, is_front, rows_of
from fring_adapters.postgres.repositories.recording import sent
from fring_adapters.postgres.repositories.task_places import TaskPlace
from fring_adapters.postgres.sql import assigned as lists
from fring_adapters.postgres.sql import assignments as sql
from fring_adapters.postgres.sql.drawn_ids import MAX_ROUNDS
from fring_adapters.postgres.sql.rows import TASKS, USERS
from fring_core import Outcome, Slice, StoreUnavailable, Task, User
from fring_core.events import assigned, state, unassigned

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fring_adapters.postgres.sql.rows import Rows
    from fring_adapters.postgres.wire.executor import Executor
    from fring_adapters.postgres.wire.statement import Statement
    from fring_core import Cause, Event, Page, TaskStatus
    from fring_core.events import Told

    How: TypeAlias = tuple[Statement, Callable[..., Event]]
    Changed: TypeAlias = tuple[Outcome, bool, bool]

E = TypeVar("E", User, Task)

_ADDING: Final[How] = (sql.ADD, assigned)
_REMOVING: Final[How] = (sql.REMOVE, unassigned)
_TOO_OFTEN: Final = "User {} or task {} came and went too often"


@attrs.frozen
class PostgresAssignments:
    """Keep assignments, as `fring_core.Assignments` says."""

    _executor: Executor

    async def add(self, user_id: int, task_id: int, cause: Cause) -> Outcome:
        change = partial(_changed, _ADDING, user_id, task_id, cause)
        for _ in range(MAX_ROUNDS):
            try:
                outcome, is_told, _ = await change(self._executor)
                if not is_told:
                    outcome, is_told, _ = await self._told_whole(change, task_id, cause)
            except psycopg.errors.ForeignKeyViolation:
                continue  # one of the two was removed meanwhile: look again
            if is_told:
                return outcome
        raise StoreUnavailable(_TOO_OFTEN.format(user_id, task_id))

    async def remove(self, user_id: int, task_id: int, cause: Cause) -> Outcome:
        change = partial(_changed, _REMOVING, user_id, task_id, cause)
        for _ in range(MAX_ROUNDS):
            outcome, is_told, was_linked = await change(self._executor)
            if not is_told:
                outcome, is_told, was_linked = await self._told_whole(change, task_id, cause)
            if is_told and (outcome.changed or not was_linked):
                return outcome
            # Another caller was faster, who may have removed one of the two as well: look again.
        raise StoreUnavailable(_TOO_OFTEN.format(user_id, task_id))

    async def _told_whole(
        self, change: Callable[..., Awaitable[Changed]], task_id: int, cause: Cause
    ) -> Changed:
        """Make a change of a task that no event has told of: its event tells all that it was."""
        async with self._executor.on_one_connection() as executor:
            found = await TaskPlace(task_id, None).find(executor)
            task, assignees = found or (None, None)
            if task is None or assignees is None:  # it is gone, or was told of meanwhile
                return await change(executor)
            known = state(task, cause, assignees)
            return await change(executor, known=known, untold=task.version)

    async def tasks_of(
        self, user_id: int, status: TaskStatus | None, page: Page | None = None
    ) -> Slice[Task] | None:
        statement = lists.tasks_of(status=status is not None, **_parts(page))
        return await self._found(TASKS, statement, page, user_id=user_id, status=status)

    async def users_of(self, task_id: int, page: Page | None = None) -> Slice[User] | None:
        return await self._found(USERS, lists.users_of(**_parts(page)), page, task_id=task_id)

    async def _found(
        self, kind: Rows[E], statement: Statement, page: Page | None, **asked: object
    ) -> Slice[E] | None:
        """Return what is on a page, or all; None if there is nobody whom it could belong to."""
        if page is None:
            rows = await self._executor.ask(statement, asked)
        else:
            asked |= asked_page(page)
            # One that passes over many, or looks for what is rare, is not to be waited for.
            is_quick = is_front(page) and asked.get("status") is None
            rows = await rows_of(self._executor, statement, asked, is_quick=is_quick)
        if not rows:
            return None
        found = [kind.entity(row[1:]) for row in rows if row[1] is not None]
        return Slice(found) if page is None else Slice.of(found, page.limit)


async def _changed(
    how: How,
    user_id: int,
    task_id: int,
    cause: Cause,
    executor: Executor,
    *,
    known: Told | None = None,
    untold: int = 0,
) -> Changed:
    """Return what was found and done, whether it could be told, and what else was found."""
    statement, event = how
    made = event(task_id, user_id, 0, cause, known)
    asked = {"user_id": user_id, "task_id": task_id, "untold": untold}
    [row] = await executor.ask(statement, asked | {"events": sent(made)})
    user, task, changed, is_known, version, number, *was = row
    if changed:
        cause.tell(made, str(number), version=version)
    return Outcome(user, task, changed), not task or is_known, any(was)


def _parts(page: Page | None) -> dict[str, bool]:
    return {"page": page is not None, "after": page is not None and page.after is not None}
