"""What a user takes along: assignments by the foreign key, and an account its personal list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, exists, select

from fring_adapters.postgres.sql.asked import ID, TEXT, AskedAnew
from fring_adapters.postgres.sql.drawn_ids import spending
from fring_adapters.postgres.sql.removal_at import seen_beside
from fring_adapters.postgres.sql.tables import tasks, users

if TYPE_CHECKING:
    from sqlalchemy import CTE, ColumnElement, Select

    from fring_adapters.postgres.wire.statement import Statement


def _removed(asked: AskedAnew, *more: ColumnElement[bool]) -> CTE:
    return (
        delete(users)
        .where(users.c.id == asked.c.id, *more)
        .returning(
            users.c.id,
            users.c.password_hash.is_not(None).label("is_account"),
            asked.c.owner,
            asked.c.n,
        )
        .cte("removed")
    )


def _with_its_list(asked: AskedAnew, removed: CTE, told: Select[*tuple[Any, ...]]) -> Statement:
    """Return a removal that tells this, and takes an account's list along."""
    # The list of a user without a password may be somebody else's.
    its_list = (
        delete(tasks)
        .where(tasks.c.owner == removed.c.owner, removed.c.is_account)
        .returning(tasks.c.id)
        .cte("list")
    )
    return asked.writing(told.add_cte(spending((users, removed), (tasks, its_list))))


def _removal() -> Statement:
    asked = AskedAnew(id=ID, owner=TEXT)
    removed = _removed(asked)
    return _with_its_list(asked, removed, select(removed.c.id, removed.c.is_account, removed.c.n))


def _removal_at() -> Statement:
    asked = AskedAnew(id=ID, owner=TEXT, was=ID)
    removed = _removed(asked, users.c.version == asked.c.was)
    return _with_its_list(asked, removed, seen_beside(removed, asked, users, users.c.id))


def _sweep() -> Statement:
    """Return what removes what came to a list while its removal could not see it."""
    asked = AskedAnew(id=ID, owner=TEXT)
    left = (
        delete(tasks)
        .where(
            tasks.c.owner == asked.c.owner,
            ~exists(select(users.c.id).where(users.c.id == asked.c.id)),
        )
        .returning(tasks.c.id, asked.c.n)
        .cte("list")
    )
    return asked.writing(select(left.c.id, left.c.n).add_cte(spending((tasks, left))))


REMOVE: Final = _removal()
REMOVE_AT: Final = _removal_at()
SWEEP: Final = _sweep()
