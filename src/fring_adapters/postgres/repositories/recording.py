"""What calls record: on its way to the database, and told to their causes when it is there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import attrs

from fring_core import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fring_adapters.postgres.wire.statement import Row
    from fring_core import Cause

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def sent(*events: Event) -> str:
    """Return events as statements take them, but for what only these know."""
    return _encode([_parts(event) for event in events])


def _parts(event: Event) -> dict[str, Any]:
    return {
        "type": event.type,
        "at": event.at.isoformat(),
        "actor": event.actor,
        "request_id": event.request_id,
        "task_id": event.task_id,
        "user_id": event.user_id,
        "owner": event.owner,
        "version": event.version,
        "before": event.before,
        "after": event.after,
    }


def tell(cause: Cause, event: Event, number: int, **found: Any) -> None:
    """Tell a cause of an event that has this number, and what else was found of it."""
    cause.tell(attrs.evolve(event, cursor=str(number), **found))


def tell_all(cause: Cause, events: Iterable[tuple[Event, int]]) -> None:
    """Tell a cause of events, each with its number."""
    for event, number in events:
        tell(cause, event, number)


def read(row: Row) -> Event:
    """Return the event in a row of the table."""
    made: Callable[..., Event] = Event
    return made(*row[1:], cursor=str(row[0]))
