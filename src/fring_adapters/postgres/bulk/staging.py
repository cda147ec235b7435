"""Rows that have come and are not checked yet: in temporary tables, by COPY."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Final, Self

from psycopg.sql import SQL, Identifier

from fring_adapters.postgres.bulk.kinds import KINDS, Kind

if TYPE_CHECKING:
    from types import TracebackType

    import psycopg

    from fring_adapters.postgres.bulk.records import Row

LINE: Final = "line"
# With the types of the tables, and none of their constraints.
_CREATE: Final = SQL(
    "CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT 0::bigint AS line, {} FROM {} WITH NO DATA"
)
_COPY: Final = SQL("COPY {} ({}) FROM STDIN")
# How many rows wait for others of their kind.
_TOGETHER: Final = 1000
_ESCAPES: Final = str.maketrans({"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"})
_NULL: Final = r"\N"


class Staging:
    """Take rows, each with the line that it stood on, into temporary tables of the transaction.

    As a context manager: at its end, they are all there. The database works on rows while the next
    ones are read, for as long as they are of one kind.
    """

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        self._cursor = connection.cursor()
        self._waiting: dict[Kind, list[str]] = {kind: [] for kind in KINDS}
        self._copied: Kind | None = None
        self._stack = ExitStack()
        # Faster than to join texts, which the numbers would have to be made.
        self._formats = {kind: "%s" + "\t%s" * len(kind.columns) + "\n" for kind in KINDS}
        self._sent = dict.fromkeys(KINDS, 0)

    def __enter__(self) -> Self:
        for kind in KINDS:
            names = SQL(", ").join(map(Identifier, kind.columns))
            create = _CREATE.format(Identifier(kind.staged), names, Identifier(kind.table))
            self._connection.execute(create)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            for each in KINDS:
                self._send(each)
        self._stack.__exit__(kind, error, trace)
        if error is None:
            for each in KINDS:  # or the checks would be planned for empty tables
                self._connection.execute(SQL("ANALYZE {}").format(Identifier(each.staged)))

    def add(self, kind: Kind, row: Row, *, escaped: bool) -> None:
        """Take a row; `escaped` if it may hold what COPY would take for something else."""
        if escaped:
            row = [each.translate(_ESCAPES) if isinstance(each, str) else each for each in row]
        if None in row:
            row = [_NULL if each is None else each for each in row]
        waiting = self._waiting[kind]
        waiting.append(self._formats[kind] % tuple(row))
        if len(waiting) == _TOGETHER:
            self._send(kind)

    def count(self, kind: Kind) -> int:
        """Return how many rows of a kind have come."""
        return self._sent[kind] + len(self._waiting[kind])

    def _send(self, kind: Kind) -> None:
        waiting = self._waiting[kind]
        if not waiting:
            return
        if kind is not self._copied:
            self._stack.close()
            names = SQL(", ").join(map(Identifier, (LINE, *kind.columns)))
            self._copy = self._stack.enter_context(
                self._cursor.copy(_COPY.format(Identifier(kind.staged), names))
            )
            self._copied = kind
        self._copy.write("".join(waiting))
        self._sent[kind] += len(waiting)
        waiting.clear()
