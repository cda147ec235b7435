"""What calls record: on its way to the database, and told to their causes when it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from fring_core import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fring_adapters.postgres.wire.statement import Row
    from fring_core import Cause


def sent(*events: Event) -> str:
    """Return events as statements take them, but for what only these know."""
    return msgspec.json.encode(events).decode()


def tell_all(cause: Cause, events: Iterable[tuple[Event, int]]) -> None:
    """Tell a cause of events, each with its number."""
    for event, number in events:
        cause.tell(event, str(number))


def read(row: Row) -> Event:
    """Return the event in a row of the table."""
    made: Callable[..., Event] = Event
    return made(*row[1:], cursor=str(row[0]))
