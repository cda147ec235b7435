"""Parameters of statements that serve several calls: an array each, with a value for each call.

psycopg sends lists too, but asks each value how it is sent, which takes a lone call a quarter
longer. These know, so that an array of nothing but NULL is prepared like any other as well.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from struct import Struct
from typing import TYPE_CHECKING, Any, ClassVar, Final

from psycopg.adapt import Dumper
from psycopg.pq import Format

if TYPE_CHECKING:
    from psycopg.adapt import AdaptersMap

# Dimensions, whether there are NULLs, the type of the elements; how many there are, the first index.
_HEAD: Final = Struct("!iiIii")
_LENGTH: Final = Struct("!i")
_LONG: Final = Struct("!iq")
_INT: Final = Struct("!ii")
_BOOL: Final = Struct("!i?")
_NULL: Final = _LENGTH.pack(-1)
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_FIRST_DAY: Final = date(2000, 1, 1).toordinal()


class Array(list[Any]):
    """Hold the values of one parameter, None for NULL; `of` is PostgreSQL's type of each."""

    of: ClassVar[int]
    oid: ClassVar[int]

    @staticmethod
    def sent(value: Any) -> bytes:
        """Return a value as it is sent, after its length."""
        raise NotImplementedError


class BigInts(Array):
    """Hold whole numbers."""

    of, oid = 20, 1016

    @staticmethod
    def sent(value: int) -> bytes:
        """Return a number as it is sent."""
        return _LONG.pack(8, value)


class Bools(Array):
    """Hold what is true or false."""

    of, oid = 16, 1000

    @staticmethod
    def sent(value: bool) -> bytes:  # noqa: FBT001  # as the others
        """Return a truth as it is sent."""
        return _BOOL.pack(1, value)


class Texts(Array):
    """Hold texts."""

    of, oid = 1043, 1015

    @staticmethod
    def sent(value: str) -> bytes:
        """Return a text as it is sent."""
        data = value.encode()
        return _LENGTH.pack(len(data)) + data


class Moments(Array):
    """Hold moments, which know their zone."""

    of, oid = 1184, 1185

    @staticmethod
    def sent(value: datetime) -> bytes:
        """Return a moment as it is sent."""
        return _LONG.pack(8, (value - _EPOCH) // _MICROSECOND)


class Dates(Array):
    """Hold dates."""

    of, oid = 1082, 1182

    @staticmethod
    def sent(value: date) -> bytes:
        """Return a date as it is sent."""
        return _INT.pack(4, value.toordinal() - _FIRST_DAY)


class _ArrayDumper(Dumper):
    format = Format.BINARY
    kind: ClassVar[type[Array]]

    def dump(self, obj: Array) -> bytes:
        kind = self.kind
        sent = kind.sent
        return _HEAD.pack(1, None in obj, kind.of, len(obj), 1) + b"".join(
            [_NULL if value is None else sent(value) for value in obj]
        )


def register(adapters: AdaptersMap) -> None:
    """Have these arrays sent."""
    for kind in (BigInts, Bools, Texts, Moments, Dates):
        fields = {"kind": kind, "oid": kind.oid}
        adapters.register_dumper(kind, type(f"{kind.__name__}Dumper", (_ArrayDumper,), fields))
