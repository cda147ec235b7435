"""What is sent about users."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, bindparam, cast, exists, func, literal_column, select

from fring_adapters.postgres.sql.asked import ID, Asked
from fring_adapters.postgres.sql.drawn_ids import DRAWN_ID, adding
from fring_adapters.postgres.sql.entities import EntityStatements, counted, paged
from fring_adapters.postgres.sql.rows import TASKS, USERS
from fring_adapters.postgres.sql.searches import Search
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


_NAMES: Final = [column.name for column in USERS.columns]


def _by_id(rows: FromClause) -> list[ColumnElement[Any]]:
    return [rows.c.id]


@cache
def listing(
    *, username: bool, email: bool, after: bool = False, front: bool = False, counts: bool = False
) -> Statement:
    """Return the statement that lists or counts users, one for each set of filters in use.

    With a filter it serves one call.
    """
    texts = [name for name, given in (("username", username), ("email", email)) if given]
    if texts:

        def behind(source: FromClause) -> list[ColumnElement[bool]]:
            return [source.c.id > bindparam("after")] if after else []

        rows = select(*USERS.columns).where(*behind(users)).subquery("rows")
        search = Search(users, _NAMES, texts, lambda _: rows, behind, _by_id)
        return search.count() if counts else search.page(front=front)
    asked = Asked.with_page(after=ID if after else None)
    found = select(*USERS.columns)
    if after:
        found = found.where(users.c.id > asked.c.after)
    return counted(asked, found) if counts else paged(asked, found, _by_id, front=front)
