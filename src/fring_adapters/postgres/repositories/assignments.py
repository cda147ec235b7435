"""Assignments in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

import attrs
import psycopg

from fring_adapters.postgres.repositories.pages import asked_page, is_front, rows_of
from fring_adapters.postgres.repositories.recording import sent
from fring_adapters.postgres.sql import assigned as lists
from fring_adapters.postgres.sql import assignments as sql
from fring_adapters.postgres.sql.drawn_ids import MAX_ROUNDS
from fring_adapters.postgres.sql.rows import TASKS, USERS
from fring_core import Outcome, Slice, StoreUnavailable, Task, User
from fring_core.events import assigned, unassigned

if TYPE_CHECKING:
    from collections.abc import Callable

    from fring_adapters.postgres.sql.rows import Rows
    from fring_adapters.postgres.wire.executor import Executor
    from fring_adapters.postgres.wire.statement import Row, Statement
    from fring_core import Cause, Event, Page, TaskStatus

    Made: TypeAlias = Callable[..., Event]

E = TypeVar("E", User, Task)

_TOO_OFTEN: Final = "User {} or task {} came and went too often"


@attrs.frozen
class PostgresAssignments:
    """Keep assignments, as `fring_core.Assignments` says."""

    _executor: Executor

    async def add(self, user_id: int, task_id: int, cause: Cause) -> Outcome:
        for _ in range(MAX_ROUNDS):
            try:
                outcome, _ = await self._change(sql.ADD, assigned, user_id, task_id, cause)
            except psycopg.errors.ForeignKeyViolation:
                continue  # one of the two was removed meanwhile: look again
            return outcome
        raise StoreUnavailable(_TOO_OFTEN.format(user_id, task_id))

    async def remove(self, user_id: int, task_id: int, cause: Cause) -> Outcome:
        for _ in range(MAX_ROUNDS):
            outcome, was = await self._change(sql.REMOVE, unassigned, user_id, task_id, cause)
            if outcome.changed or not any(was):
                return outcome
            # Another caller was faster, who may have removed one of the two as well: look again.
        raise StoreUnavailable(_TOO_OFTEN.format(user_id, task_id))

    async def _change(
        self, statement: Statement, event: Made, user_id: int, task_id: int, cause: Cause
    ) -> tuple[Outcome, Row]:
        """Return what was found and done, and what else the statement tells of it."""
        made = event(task_id, user_id, 0, cause)
        asked = {"user_id": user_id, "task_id": task_id, "wordy": cause.is_wordy}
        [row] = await self._executor.ask(statement, asked | {"events": sent(made)})
        user, task, changed, version, number, known, *was = row
        if changed:
            before = made.before if known is None else known
            cause.tell(made, str(number), version=version, before=before)
        return Outcome(user, task, changed), tuple(was)

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


def _parts(page: Page | None) -> dict[str, bool]:
    return {"page": page is not None, "after": page is not None and page.after is not None}
