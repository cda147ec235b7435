"""Removals of a row at a version: one statement that removes it, or tells why it did not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, true

if TYPE_CHECKING:
    from sqlalchemy import CTE, ColumnElement, Select, Table


def at_version(table: Table) -> ColumnElement[bool]:
    """Return the condition that a row has the version `was`."""
    return table.c.version == bindparam("was")


def seen_beside(removed: CTE, table: Table, *is_it: ColumnElement[bool]) -> Select[Any]:
    """Return the version of the row that a removal looked for, and what it returns, or NULLs.

    The version is that of the statement's own snapshot; nobody's is no row. If it is `was` and
    nothing was removed, another caller was faster: what the row is now, the next statement sees.
    """
    seen = select(table.c.version).where(*is_it).cte("seen")
    return select(seen.c.version, *removed.c).select_from(seen.outerjoin(removed, true()))
