"""What is sent about tasks."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CTE, BindParameter, ColumnElement, bindparam, delete, select

from fring_adapters.postgres.sql.drawn_ids import adding, spending
from fring_adapters.postgres.sql.entities import EntityStatements
from fring_adapters.postgres.sql.removal_at import at_version, seen_beside
from fring_adapters.postgres.sql.rows import TASKS, USERS
from fring_adapters.postgres.sql.statements import reading, writing
from fring_adapters.postgres.sql.tables import tasks, user_tasks, users

_IS_IT: Final = (
    tasks.c.id == bindparam("id"),
    tasks.c.owner.is_not_distinct_from(bindparam("owner")),
)
_NEW: Final[dict[str, BindParameter[object]]] = {
    name: bindparam(name) for name in (*TASKS.changing, "created_at", "owner")
}

STATEMENTS: Final = EntityStatements.of(TASKS, _NEW, *_IS_IT)
ADD: Final = adding(tasks, _NEW)
GET_WITH_USERS: Final = reading(
    select(*TASKS.columns, *USERS.columns)
    .select_from(tasks.outerjoin(user_tasks.join(users)))
    .where(*_IS_IT)
    .order_by(users.c.id)
)


def _removed(*more: ColumnElement[bool]) -> CTE:
    return delete(tasks).where(*_IS_IT, *more).returning(tasks.c.id).cte("removed")


_REMOVED: Final = _removed()
REMOVE: Final = writing(select(_REMOVED.c.id).add_cte(spending((tasks, _REMOVED))))
_REMOVED_AT: Final = _removed(at_version(tasks))
REMOVE_AT: Final = writing(
    seen_beside(_REMOVED_AT, tasks, *_IS_IT).add_cte(spending((tasks, _REMOVED_AT)))
)
