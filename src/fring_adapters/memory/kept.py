"""What is kept of webhooks and of deliveries, beside what is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from fring_core import Attempt, DeliveryState
from fring_core.webhooks import FAILING

if TYPE_CHECKING:
    from datetime import datetime

    from fring_core import Delivery, Settlement, Webhook


@attrs.frozen
class KeptWebhook:
    """Hold a webhook, where in the feed it is, its secrets, and since when it does nothing but fail."""

    webhook: Webhook
    place: str
    secret: str = attrs.field(repr=False)
    old_secret: str = attrs.field(default="", repr=False)
    old_until: datetime | None = None
    failing_since: datetime | None = None

    def secrets(self, now: datetime) -> tuple[str, ...]:
        """Return the secrets that sign now."""
        if self.old_until is None or self.old_until <= now:
            return (self.secret,)
        return self.secret, self.old_secret

    def after(self, settlement: Settlement, now: datetime) -> KeptWebhook:
        """Return what becomes of it after an attempt."""
        since = (self.failing_since or now) if settlement.fails else None
        webhook = self.webhook
        if settlement.disables is not None:
            webhook = webhook.disabled(settlement.disables, now)
        if since is not None and now - since >= settlement.patience:
            webhook = webhook.disabled(FAILING, now)
        if webhook is not self.webhook:
            webhook = attrs.evolve(webhook, version=webhook.version + 1)
        return attrs.evolve(self, webhook=webhook, failing_since=since)


@attrs.frozen
class KeptDelivery:
    """Hold a delivery, how often it was claimed, and until when."""

    delivery: Delivery
    claim: int = 0
    claimed_until: datetime | None = None

    @property
    def is_claimed(self) -> bool:
        """Tell whether somebody has it, or had it and nobody else has since."""
        return self.claimed_until is not None

    @property
    def is_pending(self) -> bool:
        """Tell whether it is to be tried."""
        return self.delivery.next_at is not None

    def is_under_way(self, now: datetime) -> bool:
        """Tell whether somebody has it."""
        return self.claimed_until is not None and self.claimed_until > now

    def claimed(self, until: datetime) -> KeptDelivery:
        """Return it as it is when it is claimed."""
        return attrs.evolve(self, claim=self.claim + 1, claimed_until=until)

    def begun(self, now: datetime) -> KeptDelivery:
        """Return it as if it were new, with nobody who has it."""
        delivery = attrs.evolve(
            self.delivery,
            state=DeliveryState.PENDING,
            attempts=0,
            next_at=now,
            status=None,
            error=None,
            seconds=None,
        )
        return KeptDelivery(delivery, self.claim)

    def after(self, settlement: Settlement, now: datetime) -> KeptDelivery:
        """Return what becomes of it after an attempt."""
        outcome = settlement.outcome
        delivery = attrs.evolve(
            self.delivery,
            state=settlement.state,
            attempts=self.delivery.attempts + 1,
            next_at=None if settlement.wait is None else now + settlement.wait,
            status=outcome.status,
            error=outcome.error,
            seconds=outcome.seconds,
        )
        return KeptDelivery(delivery, self.claim)

    def attempt(self, kept: KeptWebhook, now: datetime) -> Attempt:
        """Return what is to be done by whoever has claimed it."""
        delivery = self.delivery
        event = delivery.event
        return Attempt(
            delivery_id=delivery.id,
            number=delivery.attempts + 1,
            webhook_id=delivery.webhook_id,
            url=kept.webhook.url,
            secrets=kept.secrets(now),
            message_id=delivery.message_id,
            at=delivery.created_at if event is None else event.at,
            type=delivery.type,
            event=event,
            claim=self.claim,
        )
