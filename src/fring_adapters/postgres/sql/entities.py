"""The statements that users and tasks have alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs
from sqlalchemy import bindparam, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert

from fring_adapters.postgres.sql.drawn_ids import skipping_ahead
from fring_adapters.postgres.sql.statements import reading, writing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import BindParameter, ColumnElement, FromClause, Select

    from fring_adapters.postgres.sql.rows import Rows
    from fring_adapters.postgres.wire.statement import Statement
    from fring_core import Page

FRONT: Final = 2_001

# The columns that rows from somewhere are ordered by.
Order: TypeAlias = "Callable[[FromClause], Sequence[ColumnElement[Any]]]"


@attrs.frozen
class EntityStatements:
    """Hold the statements of one kind of entity, each about the row that `is_it` describes.

    `save` stores it one or more versions on, if it still has the version `was`.
    """

    add_with_id: Statement
    skip_ahead: Statement
    get: Statement
    save: Statement

    @classmethod
    def of(
        cls, rows: Rows[Any], new: Mapping[str, BindParameter[object]], *is_it: ColumnElement[bool]
    ) -> EntityStatements:
        """Return the statements for rows of a table, of which `new` are the values at first."""
        table = rows.table
        changed: dict[str, BindParameter[object]] = {
            name: bindparam(name) for name in (*rows.changing, "version")
        }
        return cls(
            add_with_id=writing(
                insert(table)
                .values({**new, "id": bindparam("id")})
                .on_conflict_do_nothing()
                .returning(table.c.id)
            ),
            skip_ahead=skipping_ahead(table),
            get=reading(select(*rows.columns).where(*is_it)),
            save=writing(
                update(table)
                .values(changed)
                .where(*is_it, table.c.version == bindparam("was"))
                .returning(table.c.id)
            ),
        )


def paged(rows: FromClause, order: Order, *where: ColumnElement[bool], front: bool) -> Select[Any]:
    """Return what lists the part of rows that a page of them is, in an order.

    `front`: it is none behind the first `FRONT` of those that pass `where`, and the planner is told
    so. Otherwise it would expect a tenth of all rows, and rather sort them, or compile the plan.
    """
    listed = select(rows).where(*where).order_by(*order(rows))
    if front:
        first = listed.limit(literal_column(f"{FRONT}")).subquery("front")
        listed = select(first).order_by(*order(first))
    return listed.limit(bindparam("limit")).offset(bindparam("skip"))


def counted(statement: Select[Any]) -> Statement:
    """Return a statement that counts rows, in place of listing them."""
    return reading(select(func.count(literal_column("1"))).select_from(statement.subquery()))


def is_front(page: Page) -> bool:
    """Tell whether a page, and the row that says whether there is more, is at the front."""
    return page.skip + page.limit < FRONT
