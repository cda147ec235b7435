"""Deliveries in the tables, with their indexes."""

from __future__ import annotations

from itertools import islice, takewhile
from typing import TYPE_CHECKING

from fring_adapters.memory.tables import within
from fring_core.deliveries import MOST_UNDER_WAY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from fring_adapters.memory.kept import KeptDelivery
    from fring_adapters.memory.tables import Tables


def put(tables: Tables, kept: KeptDelivery) -> None:
    """Store a delivery in place of the one with its id, if there is one."""
    delivery = kept.delivery
    if delivery.id in tables.deliveries:
        _unlist(tables, tables.deliveries[delivery.id])
    tables.deliveries[delivery.id] = kept
    tables.told[delivery.webhook_id, -delivery.id] = True
    if delivery.next_at is not None:
        tables.due[delivery.webhook_id, delivery.next_at, delivery.id] = True
    if kept.claimed_until is not None:
        tables.under_way[delivery.webhook_id, delivery.id] = True


def drop(tables: Tables, delivery_id: int) -> None:
    """Remove a delivery."""
    kept = tables.deliveries.pop(delivery_id)
    _unlist(tables, kept)
    del tables.told[kept.delivery.webhook_id, -delivery_id]


def _unlist(tables: Tables, kept: KeptDelivery) -> None:
    delivery = kept.delivery
    if delivery.next_at is not None:
        del tables.due[delivery.webhook_id, delivery.next_at, delivery.id]
    if kept.claimed_until is not None:
        del tables.under_way[delivery.webhook_id, delivery.id]


def claimable(tables: Tables, webhook_id: int, now: datetime) -> list[KeptDelivery]:
    """Return the deliveries of a webhook that may be claimed, those first that are due longest."""
    under_way = [
        number
        for _, number in within(tables.under_way, (webhook_id,))
        if tables.deliveries[number].is_under_way(now)
    ]
    free = (
        tables.deliveries[number]
        for number in _due(tables, webhook_id, now)
        if number not in under_way
    )
    return [*islice(free, MOST_UNDER_WAY - len(under_way))]


def _due(tables: Tables, webhook_id: int, now: datetime) -> Iterator[int]:
    due = takewhile(lambda key: key[1] <= now, within(tables.due, (webhook_id,)))
    return (number for _, _, number in due)
