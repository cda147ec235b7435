"""Automatic ids that live beside ids chosen by callers, and that no row has ever had.

An automatic id is drawn from the column's sequence. It may be one that a caller chose earlier,
or one that was chosen, removed, and so recorded as spent. Then the INSERT gives no row back, the
sequence skips ahead, twice as far each time, and the INSERT is sent again. No lock is taken and
the sequence never moves back, so an automatic insert never fails, however many callers choose
ids meanwhile.

Whoever removes a row records its id if it is ahead of the sequence; the others are never drawn
again. The INSERT looks for the record and for the row too: while somebody is removing the row,
its snapshot shows one of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    BigInteger,
    String,
    bindparam,
    func,
    literal_column,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import insert

from fring_adapters.postgres.sql.asked import TEXT, Asked
from fring_adapters.postgres.sql.events import about, recorded
from fring_adapters.postgres.sql.statements import writing
from fring_adapters.postgres.sql.tables import spent_ids
from fring_adapters.postgres.wire.statement import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import CTE, Column, ColumnElement, Table

    from fring_adapters.postgres.wire.statement import Statement

# A round is lost to a chosen id or to a name that was just given up: each time to another caller.
MAX_ROUNDS: Final = 100
_MAX_STEP: Final = 2**16
DRAWN_ID: Final = literal_column("drawn.id", BigInteger)


def adding(table: Table, new: Sequence[Column[Any]], *conditions: ColumnElement[bool]) -> Statement:
    """Return a statement that adds rows with drawn ids, DRAWN_ID to the conditions.

    `new` are the columns that have values. It tells each call its id; or nothing if that is taken
    or spent, if a condition does not hold, or if a constraint is broken.
    """
    asked = Asked.like(new, events=TEXT)
    drawn = select(func.nextval(_sequence(table)).label("id"), *asked.c).cte("drawn")
    row = (
        select(DRAWN_ID, *(drawn.c[column.name] for column in new), true())
        .select_from(drawn)
        .where(
            _none(spent_ids.c.id, spent_ids.c.kind == _kind(table), spent_ids.c.id == DRAWN_ID),
            _none(table.c.id, table.c.id == DRAWN_ID),
            *conditions,
        )
    )
    added = (
        insert(table)
        .from_select(["id", *(column.name for column in new), "told"], row)
        .on_conflict_do_nothing()
        .returning(table.c.id)
        .cte("added")
    )
    new_rows = (
        select(added.c.id, drawn.c.events, drawn.c.n)
        .select_from(added.join(drawn, added.c.id == drawn.c.id))
        .cte("new_rows")
    )
    return asked.writing(recorded(new_rows, about(table)))


def spending(*removals: tuple[Table, CTE]) -> CTE:
    """Return the part of a statement that records the ids which its removals return."""
    ahead = (
        select(_kind(table), removed.c.id).where(
            removed.c.id
            > func.coalesce(func.pg_sequence_last_value(_sequence(table)), literal_column("0"))
        )
        for table, removed in removals
    )
    return (
        insert(spent_ids)
        .from_select(["kind", "id"], union_all(*ahead))
        .on_conflict_do_nothing()
        .cte("spent")
    )


def skipping_ahead(table: Table) -> Statement:
    """Return a statement that draws and drops `steps` ids of a table."""
    steps = func.generate_series(literal_column("1"), bindparam("steps"))
    return writing(select(func.count(func.nextval(_sequence(table)))).select_from(steps))


def steps_after(clashes: int) -> dict[str, int]:
    """Return how far to skip after so many clashes, as parameters: 1, 2, 4, … up to 65536."""
    return {"steps": min(2**clashes, _MAX_STEP)}


def _none(column: ColumnElement[object], *key: ColumnElement[bool]) -> ColumnElement[bool]:
    # NOT EXISTS may become a join that reads a table whole; this is one look into an index.
    return select(column).where(*key).scalar_subquery().is_(None)


def _sequence(table: Table) -> ColumnElement[str]:
    # By its name, which migration 0003 sees to: to look it up would take as long as all else.
    return literal_column(f"'{SCHEMA}.{table.name}_id_seq'::regclass", String)


def _kind(table: Table) -> ColumnElement[str]:
    return literal_column(f"'{table.name}'", String)
