"""The statements that users and tasks have alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
from sqlalchemy import bindparam, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert

from fring_adapters.postgres.sql.drawn_ids import skipping_ahead
from fring_adapters.postgres.sql.statements import reading, writing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import BindParameter, ColumnElement, Select

    from fring_adapters.postgres.sql.rows import Rows
    from fring_adapters.postgres.wire.statement import Statement


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


def paged(statement: Select[Any], *order: ColumnElement[object]) -> Statement:
    """Return a statement that lists the part of rows that a page of them is, in an order."""
    return reading(statement.order_by(*order).limit(bindparam("limit")).offset(bindparam("skip")))


def counted(statement: Select[Any]) -> Statement:
    """Return a statement that counts rows, in place of listing them."""
    return reading(select(func.count(literal_column("1"))).select_from(statement.subquery()))
