"""What a user takes along: assignments by the foreign key, and an account its personal list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, delete, exists, select

from fring_adapters.postgres.sql.drawn_ids import spending
from fring_adapters.postgres.sql.removal_at import at_version, seen_beside
from fring_adapters.postgres.sql.statements import writing
from fring_adapters.postgres.sql.tables import tasks, users

if TYPE_CHECKING:
    from sqlalchemy import CTE, ColumnElement, Select

    from fring_adapters.postgres.wire.statement import Statement

_IS_IT: Final = users.c.id == bindparam("id")
_ON_ITS_LIST: Final = tasks.c.owner == bindparam("owner")


def _removed(*more: ColumnElement[bool]) -> CTE:
    return (
        delete(users)
        .where(_IS_IT, *more)
        .returning(users.c.id, users.c.password_hash.is_not(None).label("is_account"))
        .cte("removed")
    )


def _with_its_list(removed: CTE, told: Select[*tuple[Any, ...]]) -> Statement:
    """Return a removal that tells this, and takes an account's list along."""
    # The list of a user without a password may be somebody else's.
    its_list = (
        delete(tasks)
        .where(_ON_ITS_LIST, exists(select(removed.c.id).where(removed.c.is_account)))
        .returning(tasks.c.id)
        .cte("list")
    )
    return writing(told.add_cte(spending((users, removed), (tasks, its_list))))


_REMOVED: Final = _removed()
REMOVE: Final = _with_its_list(_REMOVED, select(_REMOVED.c.id, _REMOVED.c.is_account))
_REMOVED_AT: Final = _removed(at_version(users))
REMOVE_AT: Final = _with_its_list(_REMOVED_AT, seen_beside(_REMOVED_AT, users, _IS_IT))

# What came to the list while the removal was under way, which it could not see.
_LEFT: Final = (
    delete(tasks)
    .where(_ON_ITS_LIST, ~exists(select(users.c.id).where(_IS_IT)))
    .returning(tasks.c.id)
    .cte("list")
)
SWEEP: Final = writing(select(_LEFT.c.id).add_cte(spending((tasks, _LEFT))))
