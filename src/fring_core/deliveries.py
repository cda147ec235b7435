"""Deliveries: what a webhook is told, tried until it has answered well or too often not."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import attrs

from fring_core.clocks import in_utc
from fring_core.errors import DeliveryNotFound
from fring_core.ids import is_possible
from fring_core.values import whole
from fring_core.webhooks import GONE, Outcome

if TYPE_CHECKING:
    from datetime import datetime

    from fring_core.events import Event
    from fring_core.webhooks import Attempt

MOST_UNDER_WAY: Final = 10  # of one webhook, so that a slow receiver holds up no other
# How many seconds after the one before the second attempt is made, the third and so on: those of
# Standard Webhooks.
DELAYS: Final = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
JITTER: Final = 0.1
FAILING_FOR: Final = timedelta(days=5)

_GONE: Final = 410
_ASKING: Final = (429, 503)  # whose `Retry-After` is obeyed, up to the longest delay


class DeliveryState(StrEnum):
    """Name what has become of a delivery: it is to be tried, or done, well or not."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


@attrs.frozen
class Delivery:
    """Hold one message to one webhook, and what came of its last attempt.

    `event` is the delivery's own copy, None for a test. `attempts` is how many have ended since it
    was begun, `next_at` when the next one is due, None when it is done. `status`, `error` and
    `seconds` are as in an `Outcome`, None before the first. Times are in UTC.
    """

    id: int
    webhook_id: int
    message_id: str
    type: str
    event: Event | None
    created_at: datetime = attrs.field(converter=in_utc)
    state: DeliveryState
    attempts: int
    next_at: datetime | None = attrs.field(converter=attrs.converters.optional(in_utc))
    status: int | None = None
    error: str | None = None
    seconds: float | None = None


@attrs.frozen
class NewDelivery:
    """Say of which event a webhook is to be told."""

    webhook_id: int
    event: Event

    @property
    def message_id(self) -> str:
        """Return what a receiver knows the event by: the same on each attempt."""
        return f"msg_{self.event.cursor}"


@attrs.frozen
class Following:
    """Hold where in the feed a webhook has come to, and what it is told of."""

    webhook_id: int
    types: tuple[str, ...]
    place: str


@attrs.frozen
class Settlement:
    """Hold what becomes of a delivery, and of its webhook, after an attempt.

    If it is pending, the next attempt is due after `wait`. `disables` is why the webhook is
    disabled, None if it is not. Whether it `fails`: one that has done nothing else for `patience`
    is disabled, too.
    """

    state: DeliveryState
    outcome: Outcome
    fails: bool = False
    wait: timedelta | None = None
    disables: str | None = None
    patience: timedelta = FAILING_FOR


def settled(attempt: Attempt, outcome: Outcome) -> Settlement:
    """Decide what becomes of a delivery after an attempt; the same for the same attempt."""
    status = outcome.status
    if status is not None and 200 <= status < 300:  # noqa: PLR2004  # what HTTP calls success
        return Settlement(DeliveryState.DELIVERED, outcome)
    if status == _GONE:
        return Settlement(DeliveryState.FAILED, outcome, fails=True, disables=GONE)
    if attempt.number > len(DELAYS):
        return Settlement(DeliveryState.FAILED, outcome, fails=True)
    wait = _delay(attempt)
    if status in _ASKING and outcome.retry_after is not None and outcome.retry_after > wait:
        wait = min(outcome.retry_after, float(DELAYS[-1]))
    return Settlement(DeliveryState.PENDING, outcome, fails=True, wait=timedelta(seconds=wait))


def _delay(attempt: Attempt) -> float:
    """Return after how many seconds the next attempt is made, which many will not make at once."""
    digest = blake2b(f"{attempt.delivery_id} {attempt.number}".encode(), digest_size=4).digest()
    share = int.from_bytes(digest) / 2**32
    return DELAYS[attempt.number - 1] * (1 + JITTER * share)


def existing(delivery_id: int) -> int:
    """Return an id that a delivery may have; raise `DeliveryNotFound` for any other number.

    Raise `InvalidInput` for what is no whole number.
    """
    delivery_id = whole("delivery_id", delivery_id)
    if not is_possible(delivery_id):
        raise DeliveryNotFound(delivery_id)
    return delivery_id
