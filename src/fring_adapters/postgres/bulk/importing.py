"""Importing: all lines are read and checked before a row is added, in one transaction."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Final

import attrs

from fring_adapters.postgres.bulk.adding import add, draw, leave_out
from fring_adapters.postgres.bulk.checks import check_empty, check_rows
from fring_adapters.postgres.bulk.faults import BulkError, Faults
from fring_adapters.postgres.bulk.files import Lines, UnreadableError, reading
from fring_adapters.postgres.bulk.kinds import KINDS
from fring_adapters.postgres.bulk.recording import record_rows
from fring_adapters.postgres.bulk.records import Header, read, read_header
from fring_adapters.postgres.bulk.staging import Staging
from fring_adapters.postgres.bulk.watching import EVERY, Watch, unwatched
from fring_adapters.postgres.setup.alone import driver_of, transaction
from fring_adapters.postgres.setup.checks import check, check_newest
from fring_adapters.postgres.setup.places import Place
from fring_adapters.postgres.setup.versions import current_revision
from fring_adapters.postgres.wire.schema_names import checked_schema
from fring_adapters.postgres.wire.urls import described

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# What was there when it began is what is checked; who writes the same rows meanwhile is noticed.
_SNAPSHOT: Final = "ISOLATION LEVEL REPEATABLE READ"
_SETTINGS: Final = """
    SET LOCAL idle_in_transaction_session_timeout = 0;
    SET LOCAL statement_timeout = 0;
    SET LOCAL work_mem = '64MB'
"""


@attrs.frozen
class Imported:
    """Say how many rows of each kind were added, and how many were there already."""

    added: Mapping[str, int]
    there: Mapping[str, int]


def import_from(
    url: str,
    file: str | Path | IO[bytes],
    *,
    schema: str | None = None,
    dry_run: bool = False,
    only_empty: bool = False,
    event_text: bool = True,
    watch: Watch = unwatched,
) -> Imported:
    """Add what stands in a file of `export_to`, or of one's own; say how much that was.

    It is one transaction: all of it, or nothing. Every line is read and checked before a row is
    added. A row that is there already, and is the same, is left as it is; so an import that broke
    is run again, and one that did not, too. One that differs is a fault, as are names that are
    taken and ids that stand twice. Ids that were drawn there are drawn here: none of them comes
    again. If it is a `dry_run`, nothing is added, and what would be is returned. If it is to add
    `only_empty`, tables that have users or tasks are refused. `watch` is told what is done, how
    much of it, and of how much: when it reads, bytes. `event_text=False` keeps descriptions out of
    the events, as in `Fring`.

    The file may be zipped, whatever it is called. Raise `BulkError`, which has a line of text for
    each of the first faults, `OSError` for a file that cannot be read, and as `prepare` does for a
    database that is away or whose tables are not this version's.
    """
    place = Place(described(url), checked_schema(schema))
    with (
        reading(file) as lines,
        transaction(url, place, "import into", mode=_SNAPSHOT) as outer,
    ):
        place.enter(outer, create=False)
        current = current_revision(outer)
        check(outer, current, place)
        check_newest(current, place)
        connection = driver_of(outer)
        connection.execute(_SETTINGS)
        if only_empty:
            check_empty(connection)
        faults = Faults()
        with Staging(connection) as staging:
            header = _stage(lines, staging, faults, watch)
        watch("checking", 0, None)
        check_rows(connection, faults)
        there = {kind: leave_out(connection, kind) for kind in KINDS}
        added = {kind: staging.count(kind) - there[kind] for kind in KINDS}
        if not dry_run:
            draw(connection, header.drawn)
            for kind in KINDS:
                watch(f"adding {kind.name}s", 0, added[kind])
                add(connection, kind, event_text=event_text)
            watch("recording", 0, None)
            record_rows(connection, event_text=event_text)
    return Imported(
        {kind.name: number for kind, number in added.items()},
        {kind.name: number for kind, number in there.items()},
    )


def _stage(lines: Lines, staging: Staging, faults: Faults, watch: Watch) -> Header:
    """Read all lines, and note their faults; raise `BulkError` if there are any."""
    header: Header | None = None
    number = 0
    try:
        for number, line in enumerate(lines, start=1):
            try:
                if header is None:
                    header = read_header(line)
                    continue
                record = read(line)
            except ValueError as error:
                faults.add(number, str(error))
                if header is None:
                    break
                continue
            # JSON escapes with backslashes all that COPY would have to.
            staging.add(record.stored, record.row(number), escaped=b"\\" in line)
            if not number % EVERY:
                watch("reading", lines.position() if lines.size else number, lines.size)
    except UnreadableError as error:
        faults.add(number + 1, str(error))
    faults.check()
    if header is None:
        raise BulkError("the file is empty: there is no line that says its format")
    _check_whole(header, staging, faults, number)
    return header


def _check_whole(header: Header, staging: Staging, faults: Faults, last: int) -> None:
    """Raise `BulkError` if there are not as many rows as the first line says: the file was cut."""
    for kind in KINDS:
        said, found = header.rows.get(kind.name, None), staging.count(kind)
        if said is not None and said != found:
            faults.add(last, f"the file ends with {found} of {said} {kind.name}s")
    faults.check()
