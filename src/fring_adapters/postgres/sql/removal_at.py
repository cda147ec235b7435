"""Removals of rows at a version: one statement that removes them, or tells why it did not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

if TYPE_CHECKING:
    from sqlalchemy import CTE, Column, Select, Table

    from fring_adapters.postgres.sql.asked import Asked


def seen_beside(removed: CTE, asked: Asked, table: Table, *key: Column[Any]) -> Select[Any]:
    """Return the version of each row that a removal looked for, and what it returns, or NULLs.

    The version is that of the statement's own snapshot; nobody's is no row. If it is `was` and
    nothing was removed, another caller was faster: what the row is now, the next statement sees.
    """
    seen = (
        select(table.c.version, asked.c.n)
        .select_from(asked.table.join(table, asked.is_it(*key)))
        .cte("seen")
    )
    told = [column for column in removed.c if column.name != "n"]
    return select(seen.c.version, *told, seen.c.n).select_from(
        seen.outerjoin(removed, removed.c.n == seen.c.n)
    )
