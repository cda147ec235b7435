"""What is sent about users."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    select,
)

from fring_adapters.postgres.sql.drawn_ids import DRAWN_ID, adding
from fring_adapters.postgres.sql.entities import EntityStatements, counted, paged
from fring_adapters.postgres.sql.rows import TASKS, USERS
from fring_adapters.postgres.sql.searches import Search
from fring_adapters.postgres.sql.statements import reading
from fring_adapters.postgres.sql.tables import Text, tasks, user_tasks, users

if TYPE_CHECKING:
    from sqlalchemy import FromClause

    from fring_adapters.postgres.wire.statement import Statement

_IS_IT: Final = users.c.id == bindparam("id")
_NEW: Final[dict[str, BindParameter[object]]] = {
    name: bindparam(name) for name in (*USERS.changing, "created_at", "password_hash")
}
# What a user and its shared tasks are read from: a user without tasks gives one row of NULLs.
USER_AND_TASKS: Final = users.outerjoin(
    user_tasks.join(tasks, (tasks.c.id == user_tasks.c.task_id) & tasks.c.owner.is_(None)),
    user_tasks.c.user_id == users.c.id,
)

STATEMENTS: Final = EntityStatements.of(USERS, _NEW, _IS_IT)
# Any conflict gives no row; TAKEN then tells which, since only it is sure of the reason.
# Counted, since a search for one would expect to find it soon, and not use the index.
_ON_THE_LIST: Final = select(func.count(tasks.c.id)).where(tasks.c.owner == cast(DRAWN_ID, Text))
ADD: Final = adding(users, _NEW, _ON_THE_LIST.scalar_subquery() == literal_column("0"))
GET_WITH_TASKS: Final = reading(
    select(*USERS.columns, *TASKS.columns)
    .select_from(USER_AND_TASKS)
    .where(_IS_IT)
    .order_by(tasks.c.id)
)


def _has(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(users.c.id).where(*conditions))


TAKEN: Final = reading(
    select(
        _has(
            users.c.username == bindparam("username"),
            users.c.id.is_distinct_from(bindparam("besides")),
        ),
        _has(
            users.c.email == bindparam("email"), users.c.id.is_distinct_from(bindparam("besides"))
        ),
        _has(_IS_IT),
    )
)


@cache
def listing(
    *,
    username: bool,
    email: bool,
    after: bool = False,
    counts: bool = False,
    front: bool = True,
) -> Statement:
    """Return the statement that lists or counts users, one for each set of filters in use."""

    def behind(source: FromClause) -> list[ColumnElement[bool]]:
        return [source.c.id > bindparam("after")] if after else []

    def by_id(source: FromClause) -> list[ColumnElement[int]]:
        return [source.c.id]

    statement = select(*USERS.columns).where(*behind(users))
    rows = statement.subquery("rows")
    texts = [name for name, given in (("username", username), ("email", email)) if given]
    if texts:
        names = [column.name for column in USERS.columns]
        search = Search(users, names, texts, lambda _: rows, behind, by_id)
        return search.count() if counts else search.page(front=front)
    return counted(statement) if counts else reading(paged(rows, by_id, front=front))
