"""The statements that users and tasks have alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs
from sqlalchemy import bindparam, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert

from fring_adapters.postgres.sql.asked import ID, Asked
from fring_adapters.postgres.sql.drawn_ids import skipping_ahead
from fring_adapters.postgres.sql.statements import reading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Column, ColumnElement, FromClause, Select, Table

    from fring_adapters.postgres.sql.rows import Rows
    from fring_adapters.postgres.wire.statement import Statement
    from fring_core import Page

FRONT: Final = 2_001

# The columns that rows from somewhere are ordered by.
Order: TypeAlias = "Callable[[FromClause], Sequence[ColumnElement[Any]]]"


@attrs.frozen
class EntityStatements:
    """Hold the statements of one kind of entity, which serve several calls each.

    `save` stores an entity one or more versions on, if its row still has the version `was`.
    """

    add_with_id: Statement
    skip_ahead: Statement
    get: Statement
    save: Statement

    @classmethod
    def of(cls, rows: Rows[Any], new: Sequence[Column[Any]], *key: Column[Any]) -> EntityStatements:
        """Return the statements for rows of a table, which are told apart by a key.

        `new` are the columns that have values at first, beside the id.
        """
        table = rows.table
        changing = [*(table.c[name] for name in rows.changing), table.c.version]
        asked, saved = Asked.like(key), Asked.like([*key, *changing], was=ID)
        return cls(
            add_with_id=_adding_with_id(table, new),
            skip_ahead=skipping_ahead(table),
            get=asked.reading(
                select(*rows.columns, asked.c.n).select_from(
                    asked.table.join(table, asked.is_it(*key))
                )
            ),
            save=saved.writing(
                update(table)
                .values(saved.values(changing))
                .where(saved.is_it(*key), table.c.version == saved.c.was)
                .returning(table.c.id, saved.c.n)
            ),
        )


def _adding_with_id(table: Table, new: Sequence[Column[Any]]) -> Statement:
    columns = [table.c.id, *new]
    asked = Asked.like(columns)
    # Of two that choose the same id, the first has it.
    numbered = select(*asked.c, asked.first("id").label("is_first")).cte("numbered")
    added = (
        insert(table)
        .from_select(
            [column.name for column in columns],
            select(*(numbered.c[column.name] for column in columns)).where(numbered.c.is_first),
        )
        .on_conflict_do_nothing()
        .returning(table.c.id)
        .cte("added")
    )
    return asked.writing(
        select(added.c.id, numbered.c.n)
        .select_from(added.join(numbered, added.c.id == numbered.c.id))
        .where(numbered.c.is_first)
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
