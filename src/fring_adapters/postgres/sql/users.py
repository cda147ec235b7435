"""What is sent about users."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, cast, exists, func, literal_column, select

from fring_adapters.postgres.sql.asked import ID, TEXT, Asked
from fring_adapters.postgres.sql.drawn_ids import DRAWN_ID, adding
from fring_adapters.postgres.sql.entities import EntityStatements, counted, paged
from fring_adapters.postgres.sql.rows import TASKS, USERS
from fring_adapters.postgres.sql.tables import Text, tasks, user_tasks, users

if TYPE_CHECKING:
    from sqlalchemy import FromClause

    from fring_adapters.postgres.wire.statement import Statement

_NEW: Final = tuple(users.c[name] for name in (*USERS.changing, "created_at", "password_hash"))

STATEMENTS: Final = EntityStatements.of(USERS, _NEW, users.c.id)
# Any conflict gives no row; TAKEN then tells which, since only it is sure of the reason.
# Counted, since a search for one would expect to find it soon, and not use the index.
_ON_THE_LIST: Final = select(func.count(tasks.c.id)).where(tasks.c.owner == cast(DRAWN_ID, Text))
ADD: Final = adding(users, _NEW, _ON_THE_LIST.scalar_subquery() == literal_column("0"))


def _with_tasks() -> Statement:
    asked = Asked.like([users.c.id])
    return asked.reading(
        select(*USERS.columns, *TASKS.columns, asked.c.n)
        .select_from(
            asked.table.join(users, users.c.id == asked.c.id)
            .outerjoin(user_tasks, user_tasks.c.user_id == users.c.id)
            .outerjoin(tasks, (tasks.c.id == user_tasks.c.task_id) & tasks.c.owner.is_(None))
        )
        .order_by(tasks.c.id)
    )


GET_WITH_TASKS: Final = _with_tasks()


def _taken() -> Statement:
    asked = Asked.like([users.c.username, users.c.email, users.c.id], besides=ID)
    other = users.c.id.is_distinct_from(asked.c.besides)
    return asked.reading(
        select(
            _has(users.c.username == asked.c.username, other),
            _has(users.c.email == asked.c.email, other),
            _has(users.c.id == asked.c.id),
            asked.c.n,
        ).select_from(asked.table)
    )


def _has(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(users.c.id).where(*conditions))


TAKEN: Final = _taken()


def _by_id(rows: FromClause) -> tuple[ColumnElement[Any], ...]:
    return (rows.c.id,)


@cache
def listing(
    *, username: bool, email: bool, after: bool = False, front: bool = False, counts: bool = False
) -> Statement:
    """Return the statement that lists or counts users, one for each set of filters in use."""
    asked = Asked.with_page(
        username=TEXT if username else None,
        email=TEXT if email else None,
        after=ID if after else None,
    )
    found = select(*USERS.columns)
    if username:
        found = found.where(func.strpos(users.c.username, asked.c.username) > literal_column("0"))
    if email:
        found = found.where(func.strpos(users.c.email, asked.c.email) > literal_column("0"))
    if after:
        found = found.where(users.c.id > asked.c.after)
    return counted(asked, found) if counts else paged(asked, found, _by_id, front=front)
