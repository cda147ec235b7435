"""Cursors: places in lists, as they are sent.

A cursor belongs to one list, in one order, under one filter, and a hash of these is in it. It holds
no secret and proves nothing: whoever makes one up begins elsewhere in a list that they may read.
"""

from __future__ import annotations

from base64 import b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs
import msgspec

from fring_core import InvalidInput, Place, TaskOrder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fring_core import Slice, Task, TaskFilter, User, UserFilter

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_HASH_BYTES: Final = 6

# The hash, the id, and what the order goes by before it: a moment in microseconds, a text, nothing.
_Sent: TypeAlias = tuple[bytes, int, int | str | None]


@attrs.frozen
class Listing:
    """Say what a cursor belongs to: a list by its name, what it is narrowed to, and its order."""

    name: str
    where: TaskFilter | UserFilter
    order: TaskOrder = TaskOrder.BY_ID

    def cursor(self, last: User | Task) -> str:
        """Return the cursor of the place where an entity stands: letters, digits, `-` and `_`."""
        place = Place.of(last, self.order)
        value = place.value
        sent: _Sent = (
            _hash(self),
            place.id,
            (value - _EPOCH) // _MICROSECOND if isinstance(value, datetime) else value,
        )
        return urlsafe_b64encode(msgspec.msgpack.encode(sent)).rstrip(b"=").decode()

    def next_cursor(self, page: Slice[Any]) -> str | None:
        """Return the cursor of what follows a page, or None if nothing does."""
        return self.cursor(page[-1]) if page and page.more else None

    def place(self, cursor: str) -> Place:
        """Return the place of a cursor; raise `ValueError` if it is none of this listing."""
        try:
            data = b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
            belongs_to, number, sent = msgspec.msgpack.decode(data, type=_Sent)
            place = Place(number, self._value(sent))
            place.check_order(self.order)
        except (ValueError, OverflowError, InvalidInput, msgspec.MsgspecError) as error:
            raise ValueError(cursor) from error
        if belongs_to != _hash(self):
            raise ValueError(cursor)
        return place

    def _value(self, sent: int | str | None) -> Any:
        if self.order is TaskOrder.NEWEST_FIRST and isinstance(sent, int):
            return _EPOCH + sent * _MICROSECOND
        return sent


@lru_cache(maxsize=100)  # a filter may be long
def _hash(listing: Listing) -> bytes:
    about: Sequence[object] = (listing.name, listing.order.value, *attrs.astuple(listing.where))
    return blake2b(msgspec.msgpack.encode(about), digest_size=_HASH_BYTES).digest()
