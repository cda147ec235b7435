"""Automatic ids that live beside ids chosen by callers.

An automatic id is drawn by the column's identity. If a caller chose that id earlier, the
INSERT ... ON CONFLICT DO NOTHING gives no row back; then the sequence skips ahead, twice as far
each time, and the INSERT is sent again. No lock is taken and the sequence never moves back, so
an automatic insert never fails, however many callers choose ids meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import String, bindparam, func, literal_column, select

from fring_adapters.postgres.statements import Statement, writing

if TYPE_CHECKING:
    from sqlalchemy import Table

# A round is lost to a chosen id or to a name that was just given up: each time to another caller.
MAX_ROUNDS: Final = 100
_MAX_STEP: Final = 2**16


def skipping_ahead(table: Table) -> Statement:
    """Return a statement that draws and drops `steps` ids of a table."""
    sequence = literal_column(f"pg_get_serial_sequence('{table.name}', 'id')::regclass", String)
    steps = func.generate_series(literal_column("1"), bindparam("steps"))
    return writing(select(func.count(func.nextval(sequence))).select_from(steps))


def steps_after(clashes: int) -> dict[str, int]:
    """Return how far to skip after so many clashes, as parameters: 1, 2, 4, … up to 65536."""
    return {"steps": min(2**clashes, _MAX_STEP)}
