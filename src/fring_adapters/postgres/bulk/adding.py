"""Adding the rows that have come and are all right, and drawing the ids that count as drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import psycopg
from psycopg.sql import SQL, Composed, Identifier, Literal

from fring_adapters.postgres.bulk.faults import BulkError
from fring_adapters.postgres.bulk.kinds import ASSIGNMENT, DRAWN, Kind
from fring_adapters.postgres.bulk.recording import record_assignments

if TYPE_CHECKING:
    from collections.abc import Mapping

# By the column, and not by a name: the schema is wherever the search path leads.
_SEQUENCE: Final = SQL("SELECT pg_get_serial_sequence({}, 'id')")
_LAST: Final = SQL("SELECT coalesce(pg_sequence_last_value({}::regclass), 0)")
_AHEAD: Final = SQL("SELECT count(*) FROM {} WHERE id > {}")
_DRAW: Final = SQL("SELECT count(nextval({}::regclass)) FROM generate_series(1, {})")
# Before rows are added, and not while: an empty table that grows meanwhile is planned for as empty.
_LEAVE_OUT: Final = SQL("DELETE FROM {new} AS new USING {old} AS old WHERE ({left}) = ({right})")
_ADD: Final = SQL("INSERT INTO {old} ({columns}{told}) SELECT {columns}{true} FROM {new}")


def draw(connection: psycopg.Connection, drawn: Mapping[str, int]) -> None:
    """Draw ids of each kind until the last one is that of `drawn`, and drop them.

    Of a kind that it does not name, as many as rows have come ahead of the sequence. They are drawn
    before any row is added: nobody else draws one that would have to wait. That nobody draws an id
    of before again is what decision 0035 wants.
    """
    for kind in DRAWN:
        [(name,)] = connection.execute(_SEQUENCE.format(Literal(kind.table)))
        sequence = Literal(name)
        last = _number(connection, _LAST.format(sequence))
        ahead = _AHEAD.format(Identifier(kind.staged), Literal(last))
        wanted = drawn.get(kind.name)
        more = _number(connection, ahead) if wanted is None else wanted - last
        if more > 0:
            connection.execute(_DRAW.format(sequence, Literal(more)))


def leave_out(connection: psycopg.Connection, kind: Kind) -> int:
    """Take the rows of a kind that are there already out of those that have come; return how many."""
    return connection.execute(
        _LEAVE_OUT.format(
            new=Identifier(kind.staged),
            old=Identifier(kind.table),
            left=SQL(", ").join(Identifier("new", name) for name in kind.key),
            right=SQL(", ").join(Identifier("old", name) for name in kind.key),
        )
    ).rowcount


def add(connection: psycopg.Connection, kind: Kind, *, event_text: bool) -> None:
    """Add the rows of a kind that have come, and of which none is there yet.

    Raise `BulkError` if somebody else has written them, or removed what they need, meanwhile.
    """
    try:
        if kind is ASSIGNMENT:
            record_assignments(connection, event_text=event_text)
        connection.execute(
            _ADD.format(
                old=Identifier(kind.table),
                new=Identifier(kind.staged),
                columns=SQL(", ").join(map(Identifier, kind.columns)),
                told=SQL(", told" if kind in DRAWN else ""),
                true=SQL(", true" if kind in DRAWN else ""),
            )
        )
    except (psycopg.errors.IntegrityError, psycopg.errors.SerializationFailure) as error:
        raise BulkError(
            f"somebody else has changed {kind.table} meanwhile, and nothing was imported: try again"
            f" ({error.diag.message_detail or error.diag.message_primary})"
        ) from error


def _number(connection: psycopg.Connection, query: Composed) -> int:
    [(number,)] = connection.execute(query)
    return int(number)
