"""The statements that users and tasks have alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs
from sqlalchemy import func, literal_column, select, true, update
from sqlalchemy.dialects.postgresql import insert

from fring_adapters.postgres.sql.asked import ID, TEXT, Asked
from fring_adapters.postgres.sql.drawn_ids import skipping_ahead
from fring_adapters.postgres.sql.events import about, recorded
from fring_adapters.postgres.sql.states import untold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Column, ColumnElement, FromClause, Select, Table

    from fring_adapters.postgres.sql.rows import Rows
    from fring_adapters.postgres.wire.statement import Statement

# Given rows, returns what they are ordered by.
Order: TypeAlias = "Callable[[FromClause], Sequence[ColumnElement[Any]]]"
FRONT: Final = 2001


@attrs.frozen
class EntityStatements:
    """Hold the statements of one kind of entity, which serve several calls each.

    `find` gets one that is to be changed, and of what no event has told of, who has it. `save` stores an
    entity one or more versions on, if its row still has the version `was`.
    """

    add_with_id: Statement
    skip_ahead: Statement
    get: Statement
    find: Statement
    save: Statement

    @classmethod
    def of(cls, rows: Rows[Any], new: Sequence[Column[Any]], *key: Column[Any]) -> EntityStatements:
        """Return the statements for rows of a table, which are told apart by a key.

        `new` are the columns that have values at first, beside the id.
        """
        table = rows.table
        changing = [*(table.c[name] for name in rows.changing), table.c.version]
        asked, saved = Asked.like(key), Asked.like([*key, *changing], was=ID, events=TEXT)
        changed = (
            update(table)
            .values(saved.values(changing) | {"told": true()})
            .where(saved.is_it(*key), table.c.version == saved.c.was)
            .returning(table.c.id, saved.c.events, saved.c.n)
            .cte("changed")
        )
        return cls(
            add_with_id=_adding_with_id(table, new),
            skip_ahead=skipping_ahead(table),
            get=asked.reading(
                select(*rows.columns, asked.c.n).select_from(
                    asked.table.join(table, asked.is_it(*key))
                )
            ),
            find=asked.reading(
                select(*rows.columns, untold(table), asked.c.n).select_from(
                    asked.table.join(table, asked.is_it(*key))
                )
            ),
            save=saved.writing(recorded(changed, about(table))),
        )


def _adding_with_id(table: Table, new: Sequence[Column[Any]]) -> Statement:
    columns = [table.c.id, *new]
    asked = Asked.like(columns, events=TEXT)
    # Of two that choose the same id, the first has it.
    numbered = select(*asked.c, asked.first("id").label("is_first")).cte("numbered")
    added = (
        insert(table)
        .from_select(
            [*(column.name for column in columns), "told"],
            select(*(numbered.c[column.name] for column in columns), true()).where(
                numbered.c.is_first
            ),
        )
        .on_conflict_do_nothing()
        .returning(table.c.id)
        .cte("added")
    )
    new_rows = (
        select(added.c.id, numbered.c.events, numbered.c.n)
        .select_from(added.join(numbered, added.c.id == numbered.c.id))
        .where(numbered.c.is_first)
        .cte("new_rows")
    )
    return asked.writing(recorded(new_rows, about(table)))


def page_of(
    found: Select[Any],
    order: Order,
    skip: ColumnElement[int],
    limit: ColumnElement[int],
    *,
    front: bool,
) -> Select[Any]:
    """Return what lists a page of what is found, in an order.

    With `front`, it is one of the first `FRONT` rows, and the planner knows. Else it expects a
    tenth of all rows, and rather sorts them, or takes as long to compile that as to find a page.
    """
    table = found.get_final_froms()[0]
    found = found.order_by(*order(table))
    if front:
        first = found.limit(literal_column(f"{FRONT}")).subquery("front")
        found = select(first).order_by(*order(first))
    return found.limit(limit).offset(skip)


def paged(asked: Asked, found: Select[Any], order: Order, *, front: bool) -> Statement:
    """Return a statement that lists the page of what is found that each call asks for."""
    found = found.correlate(asked.table)
    page = page_of(found, order, asked.c.skip, asked.c.limit, front=front).lateral("page")
    return asked.reading(
        select(*page.c, asked.c.n)
        .select_from(asked.table.join(page, true()))
        .order_by(asked.c.n, *order(page))
    )


def counted(asked: Asked, found: Select[Any]) -> Statement:
    """Return a statement that counts what is found for each call."""
    rows = found.correlate(asked.table).subquery("rows")
    number = select(func.count(literal_column("1")).label("number")).select_from(rows)
    counts = number.lateral("counts")
    return asked.reading(
        select(counts.c.number, asked.c.n).select_from(asked.table.join(counts, true()))
    )
