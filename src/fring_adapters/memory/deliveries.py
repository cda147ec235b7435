"""Deliveries in memory."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

import attrs

from fring_adapters.memory import outbox
from fring_adapters.memory.kept import KeptDelivery
from fring_adapters.memory.log import own
from fring_adapters.secrets import drawn_message_id
from fring_core import Delivery, DeliveryState, Following, Slice
from fring_core.webhooks import TEST

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from fring_adapters.memory.database import Database
    from fring_core import Attempt, Event, NewDelivery, Settlement


def _told(delivery: Delivery) -> Delivery:
    """Return a delivery for somebody who may do with it what they want."""
    event = delivery.event
    return delivery if event is None else attrs.evolve(delivery, event=own(event))


@attrs.frozen
class MemoryDeliveries:
    """Keep deliveries, as `fring_core.Deliveries` says."""

    _database: Database

    async def following(self) -> Sequence[Following]:
        with self._database.opened() as tables:
            return [
                Following(number, kept.webhook.types, kept.place)
                for number, kept in tables.webhooks.items()
                if kept.webhook.disabled_at is None
            ]

    async def deliver(
        self,
        place: str,
        after: str,
        webhook_ids: Sequence[int],
        new: Sequence[NewDelivery],
        now: datetime,
    ) -> int:
        with self._database.changing() as tables:
            moved = [
                number
                for number in webhook_ids
                if (kept := tables.webhooks.get(number)) is not None
                and kept.place == place
                and kept.webhook.disabled_at is None
            ]
            for number in moved:
                tables.webhooks[number] = attrs.evolve(tables.webhooks[number], place=after)
            for each in new:
                if each.webhook_id in moved:
                    event = own(each.event)
                    self._begin(each.webhook_id, each.message_id, event.type, event, now)
            return len(moved)

    def _begin(
        self, webhook_id: int, message_id: str, kind: str, event: Event | None, now: datetime
    ) -> Delivery:
        with self._database.changing() as tables:
            number = self._database.delivery_ids.draw(tables.deliveries.__contains__)
            named = (number, webhook_id, message_id, kind, event)
            delivery = Delivery(*named, now, DeliveryState.PENDING, 0, now)
            outbox.put(tables, KeptDelivery(delivery))
            return delivery

    async def send(self, webhook_id: int, now: datetime) -> Delivery | None:
        with self._database.changing() as tables:
            if webhook_id not in tables.webhooks:
                return None
            return self._begin(webhook_id, drawn_message_id(), TEST, None, now)

    async def list(
        self, webhook_id: int, limit: int, before_id: int | None = None
    ) -> Slice[Delivery]:
        with self._database.opened() as tables:
            numbers = islice(tables.told_to(webhook_id, before_id), limit + 1)
            found = [_told(tables.deliveries[number].delivery) for number in numbers]
            return Slice.of(found, limit)

    async def again(self, delivery_id: int, now: datetime) -> Delivery | None:
        with self._database.changing() as tables:
            kept = tables.deliveries.get(delivery_id)
            if kept is None:
                return None
            kept = kept.begun(now)
            outbox.put(tables, kept)
            return _told(kept.delivery)

    async def claim(self, limit: int, seconds: float, now: datetime) -> Sequence[Attempt]:
        with self._database.changing() as tables:
            found = [
                (each.delivery.next_at or now, each.delivery.id, each, kept)
                for number, kept in tables.webhooks.items()
                if kept.webhook.disabled_at is None
                for each in outbox.claimable(tables, number, now)
            ]
            attempts: list[Attempt] = []
            for _, _, each, kept in sorted(found, key=lambda one: one[:2])[:limit]:
                claimed = each.claimed(now + timedelta(seconds=seconds))
                outbox.put(tables, claimed)
                attempt = claimed.attempt(kept, now)
                event = None if attempt.event is None else own(attempt.event)
                attempts.append(attrs.evolve(attempt, event=event))
            return attempts

    async def settle(self, attempt: Attempt, settlement: Settlement, now: datetime) -> bool:
        with self._database.changing() as tables:
            each = tables.deliveries.get(attempt.delivery_id)
            if each is None or not each.is_claimed or each.claim != attempt.claim:
                return False
            outbox.put(tables, each.after(settlement, now))
            number = each.delivery.webhook_id
            kept = tables.webhooks[number]
            after = kept.after(settlement, now)
            if after != kept:
                tables.webhooks[number] = after
            return True

    async def forget(self, before: datetime, limit: int) -> int:
        with self._database.changing() as tables:
            done = (
                number
                for number, kept in tables.deliveries.items()
                if not kept.is_pending and kept.delivery.created_at < before
            )
            found = [*islice(done, limit)]
            for number in found:
                outbox.drop(tables, number)
            return len(found)
