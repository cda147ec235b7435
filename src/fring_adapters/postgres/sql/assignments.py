"""What is sent about assignments: one statement each, so that all facts are of one moment."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from sqlalchemy import CTE, bindparam, delete, exists, literal_column, select, true
from sqlalchemy.dialects.postgresql import insert

from fring_adapters.postgres.sql.rows import TASKS, USERS
from fring_adapters.postgres.sql.statements import reading, writing
from fring_adapters.postgres.sql.tables import tasks, user_tasks, users
from fring_adapters.postgres.sql.users import USER_AND_TASKS

if TYPE_CHECKING:
    from fring_adapters.postgres.wire.statement import Statement

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


def _outcome_of(change: CTE, *more: CTE) -> Statement:
    return writing(
        select(
            *(
                exists(select(literal_column("1")).select_from(part))
                for part in (_USER, _TASK, change, *more)
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
    .cte("removed"),
    _LINK,
)
USERS_OF: Final = reading(
    select(tasks.c.id, *USERS.columns)
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
        select(users.c.id, *TASKS.columns)
        .select_from(source)
        .where(users.c.id == bindparam("user_id"))
        .order_by(tasks.c.id)
    )
