"""The statements that users and tasks have alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
from sqlalchemy import bindparam, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert

from fring_adapters.postgres.sql.asked import ID, Asked
from fring_adapters.postgres.sql.drawn_ids import skipping_ahead
from fring_adapters.postgres.sql.statements import reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Column, ColumnElement, Select, Table

    from fring_adapters.postgres.sql.rows import Rows
    from fring_adapters.postgres.wire.statement import Statement


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


def paged(statement: Select[Any], *order: ColumnElement[object]) -> Statement:
    """Return a statement that lists the part of rows that a page of them is, in an order."""
    return reading(statement.order_by(*order).limit(bindparam("limit")).offset(bindparam("skip")))


def counted(statement: Select[Any]) -> Statement:
    """Return a statement that counts rows, in place of listing them."""
    return reading(select(func.count(literal_column("1"))).select_from(statement.subquery()))
