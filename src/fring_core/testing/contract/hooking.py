"""Webhooks and what they are told, for the clauses about them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from fring_core import (
    DeliveryState,
    Event,
    EventType,
    NewDelivery,
    NewWebhook,
    Settlement,
    WebhookChanges,
)
from fring_core.testing.contract.examples import NOW, PRECISE
from fring_core.webhooks import Outcome

if TYPE_CHECKING:
    from datetime import datetime

    from fring_core import Attempt, Store, Webhook

# Places are texts that a store keeps, whatever they are.
PLACE: Final = "a place-1"
FURTHER: Final = "a place-2"
NEW: Final = NewWebhook("https://example.com/hook?a=%20ä", ["user.*", "task.created"], "Ä'\n")
GOOD: Final = Outcome(204, "", None, 0.25)
BAD: Final = Outcome(500, "", 1.5, 2.0)
HOUR: Final = timedelta(hours=1)
DELIVERED: Final = Settlement(DeliveryState.DELIVERED, GOOD)
AT_ONCE: Final = Settlement(DeliveryState.PENDING, BAD, fails=True, wait=timedelta(0))
LATER_ON: Final = Settlement(DeliveryState.PENDING, BAD, fails=True, wait=HOUR)
GIVEN_UP: Final = Settlement(DeliveryState.FAILED, BAD, fails=True)


async def add_webhook(store: Store, place: str = PLACE) -> int:
    """Add a webhook; return its id."""
    return (await store.webhooks.add(NEW, place, NOW)).webhook.id


def paused(webhook: Webhook) -> Webhook:
    """Return a webhook as it is when it is paused: a verb."""
    return webhook.change(WebhookChanges(paused=True), NOW)


def enabled(webhook: Webhook) -> Webhook:
    """Return a webhook as it is when it is enabled: a verb."""
    return webhook.change(WebhookChanges(paused=False), NOW)


async def webhook_of(store: Store, webhook_id: int) -> Webhook:
    """Return a webhook that is there."""
    webhook = await store.webhooks.get(webhook_id)
    assert webhook is not None
    return webhook


def happened(number: int) -> Event:
    """Return an event, as the feed has it."""
    after = {"title": f"ä {number}", "assignees": [1, 2], "due_date": None}
    cursor = f"cursor-{number}"
    return Event(
        EventType.TASK_CREATED, PRECISE, "ann", None, number, None, None, 1, {}, after, cursor
    )


async def tell(store: Store, webhook_id: int, number: int = 1) -> list[int]:
    """Store so many deliveries for a webhook, which stays where it is; return their ids."""
    [place] = [
        each.place for each in await store.deliveries.following() if each.webhook_id == webhook_id
    ]
    new = [NewDelivery(webhook_id, happened(each)) for each in range(1, number + 1)]
    assert await store.deliveries.deliver(place, place, [webhook_id], new, NOW) == 1
    listed = await store.deliveries.list(webhook_id, number)
    return [each.id for each in reversed(listed)]


async def claimed(store: Store, limit: int = 1000, seconds: float = 60) -> list[int]:
    """Claim what is due; return the ids of the deliveries."""
    return [each.delivery_id for each in await store.deliveries.claim(limit, seconds, NOW)]


async def claimed_one(store: Store, limit: int, seconds: float, now: datetime) -> Attempt:
    """Claim what is due, of which there is to be one; return it."""
    attempts = await store.deliveries.claim(limit, seconds, now)
    assert len(attempts) == 1
    return attempts[0]
