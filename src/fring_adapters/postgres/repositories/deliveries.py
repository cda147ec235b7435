"""Deliveries in PostgreSQL."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import attrs

from fring_adapters.postgres.repositories.recording import sent
from fring_adapters.postgres.sql import deliveries as sql
from fring_adapters.postgres.wire.arrays import BigInts, Texts
from fring_adapters.secrets import drawn_message_id
from fring_core import Attempt, Delivery, DeliveryState, Event, Following, Slice
from fring_core.ids import MAX_ID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fring_adapters.postgres.wire.executor import Executor
    from fring_adapters.postgres.wire.statement import Row
    from fring_core import NewDelivery, Settlement

_FIELDS = tuple(field.name for field in attrs.fields(Event))


def _event(kept: Mapping[str, Any] | None) -> Event | None:
    """Return the event of a delivery, whatever a newer Fring has kept beside."""
    if kept is None:
        return None
    values: dict[str, Any] = {name: kept[name] for name in _FIELDS}
    values["at"] = datetime.fromisoformat(kept["at"])
    return Event(**values)


def _delivery(row: Row) -> Delivery:
    number, webhook_id, message_id, kind, event, created_at, state, *others = row
    named = (number, webhook_id, message_id, kind, _event(event))
    return Delivery(*named, created_at, DeliveryState(state), *others)


def _attempt(row: Row) -> Attempt:
    number, attempts, webhook_id, url, secret, old_secret, message_id, at, kind, event, claim, _ = (
        row
    )
    return Attempt(
        delivery_id=number,
        number=attempts + 1,
        webhook_id=webhook_id,
        url=url,
        secrets=(secret,) if old_secret is None else (secret, old_secret),
        message_id=message_id,
        at=at,
        type=kind,
        event=_event(event),
        claim=claim,
    )


@attrs.frozen
class PostgresDeliveries:
    """Keep deliveries, as `fring_core.Deliveries` says, by the database's clock."""

    _executor: Executor

    async def following(self) -> Sequence[Following]:
        rows = await self._executor.run(sql.FOLLOWING, {})
        return [Following(number, tuple(types), place) for number, types, place in rows]

    async def deliver(
        self,
        place: str,
        after: str,
        webhook_ids: Sequence[int],
        new: Sequence[NewDelivery],
        now: datetime,  # noqa: ARG002
    ) -> int:
        events = {each.message_id: each.event for each in new}
        numbers = {message_id: number for number, message_id in enumerate(events, 1)}
        asked = {
            "place": place,
            "after": after,
            "ids": BigInts(webhook_ids),
            "webhook_ids": BigInts(each.webhook_id for each in new),
            "message_ids": Texts(each.message_id for each in new),
            "numbers": BigInts(numbers[each.message_id] for each in new),
            "events": sent(*events.values()),
        }
        [(moved,)] = await self._executor.run(sql.DELIVER, asked)
        return int(moved)

    async def send(self, webhook_id: int, now: datetime) -> Delivery | None:  # noqa: ARG002
        asked = {"id": webhook_id, "message_id": drawn_message_id()}
        rows = await self._executor.run(sql.SEND, asked)
        return _delivery(rows[0]) if rows else None

    async def list(
        self, webhook_id: int, limit: int, before_id: int | None = None
    ) -> Slice[Delivery]:
        before_id = MAX_ID if before_id is None else before_id
        asked = {"webhook_id": webhook_id, "before_id": before_id, "limit": limit + 1}
        return Slice.of(map(_delivery, await self._executor.run(sql.LIST, asked)), limit)

    async def again(self, delivery_id: int, now: datetime) -> Delivery | None:  # noqa: ARG002
        rows = await self._executor.run(sql.AGAIN, {"id": delivery_id})
        return _delivery(rows[0]) if rows else None

    async def claim(self, limit: int, seconds: float, now: datetime) -> Sequence[Attempt]:  # noqa: ARG002
        rows = await self._executor.run(sql.CLAIM, {"limit": limit, "seconds": float(seconds)})
        return [*map(_attempt, rows)]

    async def settle(self, attempt: Attempt, settlement: Settlement, now: datetime) -> bool:  # noqa: ARG002
        outcome = settlement.outcome
        asked = {
            "id": attempt.delivery_id,
            "claim": attempt.claim,
            "state": settlement.state.value,
            "wait": settlement.wait,
            "status": outcome.status,
            "error": outcome.error,
            "seconds": outcome.seconds,
            "fails": settlement.fails,
            "disables": settlement.disables,
            "patience": settlement.patience,
        }
        [(number,)] = await self._executor.run(sql.SETTLE, asked)
        return bool(number)

    async def forget(self, before: datetime, limit: int) -> int:
        [(number,)] = await self._executor.run(sql.FORGET, {"before": before, "limit": limit})
        return int(number)
