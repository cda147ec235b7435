"""Assignments in PostgreSQL: one statement each, so that all facts are of one moment."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import attrs
import psycopg
from sqlalchemy import CTE, bindparam, delete, exists, literal_column, select, true
from sqlalchemy.dialects.postgresql import insert

from fring_adapters.postgres.repositories.users import USER_AND_TASKS
from fring_adapters.postgres.sql.drawn_ids import MAX_ROUNDS
from fring_adapters.postgres.sql.rows import TASK_COLUMNS, USER_COLUMNS, to_task, to_user
from fring_adapters.postgres.sql.statements import reading, writing
from fring_adapters.postgres.sql.tables import tasks, user_tasks, users
from fring_core import Outcome, StoreUnavailable
from fring_core.ids import is_possible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fring_adapters.postgres.wire.executor import Executor
    from fring_adapters.postgres.wire.statement import Statement
    from fring_core import Task, TaskStatus, User

_USER: Final = select(users.c.id).where(users.c.id == bindparam("user_id")).cte("the_user")
_TASK: Final = (
    select(tasks.c.id)
    .where(tasks.c.id == bindparam("task_id"), tasks.c.owner.is_(None))
    .cte("the_task")
)


_LINK: Final = (
    select(user_tasks.c.user_id)
    .where(
        user_tasks.c.user_id == select(_USER.c.id).scalar_subquery(),
        user_tasks.c.task_id == select(_TASK.c.id).scalar_subquery(),
    )
    .cte("the_link")
)


def _outcome_of(change: CTE) -> Statement:
    return writing(
        select(
            *(
                exists(select(literal_column("1")).select_from(part))
                for part in (_USER, _TASK, change, _LINK)
            )
        )
    )


ADD: Final = _outcome_of(
    insert(user_tasks)
    .from_select(
        ["user_id", "task_id"],
        select(_USER.c.id, _TASK.c.id).select_from(_USER.join(_TASK, true())),
    )
    .on_conflict_do_nothing()
    .returning(user_tasks.c.user_id)
    .cte("added")
)
REMOVE: Final = _outcome_of(
    delete(user_tasks)
    .where(
        user_tasks.c.user_id == select(_USER.c.id).scalar_subquery(),
        user_tasks.c.task_id == select(_TASK.c.id).scalar_subquery(),
    )
    .returning(user_tasks.c.user_id)
    .cte("removed")
)
USERS_OF: Final = reading(
    select(tasks.c.id, *USER_COLUMNS)
    .select_from(tasks.outerjoin(user_tasks.join(users)))
    .where(tasks.c.id == bindparam("task_id"), tasks.c.owner.is_(None))
    .order_by(users.c.id)
)


@cache
def tasks_of(*, status: bool) -> Statement:
    """Return the statement that lists a user's tasks, with or without a status.

    A user with no task that fits gives one row of NULLs, an absent user no row.
    """
    source = USER_AND_TASKS
    if status:
        source = users.outerjoin(
            user_tasks.join(
                tasks,
                (tasks.c.id == user_tasks.c.task_id)
                & tasks.c.owner.is_(None)
                & (tasks.c.status == bindparam("status")),
            ),
            user_tasks.c.user_id == users.c.id,
        )
    return reading(
        select(users.c.id, *TASK_COLUMNS)
        .select_from(source)
        .where(users.c.id == bindparam("user_id"))
        .order_by(tasks.c.id)
    )


_TOO_OFTEN: Final = "User {} or task {} came and went too often"


def _key(number: int) -> int | None:
    # NULL equals nothing, as an id that no column can hold should.
    return number if is_possible(number) else None


@attrs.frozen
class PostgresAssignments:
    """Keep assignments, as `fring_core.Assignments` says."""

    _executor: Executor

    async def add(self, user_id: int, task_id: int) -> Outcome:
        for _ in range(MAX_ROUNDS):
            try:
                outcome, _ = await self._change(ADD, user_id, task_id)
            except psycopg.errors.ForeignKeyViolation:
                continue  # one of the two was removed meanwhile: look again
            return outcome
        raise StoreUnavailable(_TOO_OFTEN.format(user_id, task_id))

    async def remove(self, user_id: int, task_id: int) -> Outcome:
        for _ in range(MAX_ROUNDS):
            outcome, were_assigned = await self._change(REMOVE, user_id, task_id)
            if outcome.changed or not were_assigned:
                return outcome
            # Another caller was faster, who may have removed one of the two as well: look again.
        raise StoreUnavailable(_TOO_OFTEN.format(user_id, task_id))

    async def _change(
        self, statement: Statement, user_id: int, task_id: int
    ) -> tuple[Outcome, bool]:
        """Return the outcome, and whether the two were assigned when the statement began."""
        [(user_exists, task_exists, changed, were_assigned)] = await self._executor.run(
            statement, {"user_id": _key(user_id), "task_id": _key(task_id)}
        )
        return Outcome(user_exists, task_exists, changed), were_assigned

    async def tasks_of(self, user_id: int, status: TaskStatus | None) -> Sequence[Task] | None:
        if not is_possible(user_id):
            return None
        rows = await self._executor.run(
            tasks_of(status=status is not None), {"user_id": user_id, "status": status}
        )
        return [to_task(row[1:]) for row in rows if row[1] is not None] if rows else None

    async def users_of(self, task_id: int) -> Sequence[User] | None:
        if not is_possible(task_id):
            return None
        rows = await self._executor.run(USERS_OF, {"task_id": task_id})
        return [to_user(row[1:]) for row in rows if row[1] is not None] if rows else None
