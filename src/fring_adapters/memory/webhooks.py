"""Webhooks in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from fring_adapters.memory import outbox
from fring_adapters.memory.kept import KeptWebhook
from fring_adapters.memory.pages import part
from fring_adapters.secrets import drawn_secret
from fring_core import WebhookWithSecret
from fring_core.versions import check_version

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from fring_adapters.memory.database import Database
    from fring_core import NewWebhook, Page, Slice, Webhook


@attrs.frozen
class MemoryWebhooks:
    """Keep webhooks, as `fring_core.Webhooks` says."""

    _database: Database

    async def add(self, new: NewWebhook, place: str, now: datetime) -> WebhookWithSecret:
        with self._database.changing() as tables:
            webhook = new.as_webhook(
                self._database.webhook_ids.draw(tables.webhooks.__contains__), now
            )
            kept = KeptWebhook(webhook, place, drawn_secret())
            tables.webhooks[webhook.id] = kept
            return WebhookWithSecret(webhook, kept.secret)

    async def get(self, webhook_id: int) -> Webhook | None:
        with self._database.opened() as tables:
            kept = tables.webhooks.get(webhook_id)
            return None if kept is None else kept.webhook

    async def list(self, page: Page) -> Slice[Webhook]:
        with self._database.opened() as tables:
            start = None if page.after is None else page.after.id + 1
            return part(
                (tables.webhooks[key].webhook for key in tables.webhooks.since(start)), page
            )

    async def change(
        self, webhook_id: int, verb: Callable[[Webhook], Webhook], place: str
    ) -> Webhook | None:
        with self._database.changing() as tables:
            kept = tables.webhooks.get(webhook_id)
            if kept is None:
                return None
            before = kept.webhook
            after = attrs.evolve(
                verb(before),
                id=webhook_id,
                created_at=before.created_at,
                version=before.version + 1,
            )
            kept = attrs.evolve(kept, webhook=after)
            if before.disabled_at is not None and after.disabled_at is None:
                kept = attrs.evolve(kept, place=place, failing_since=None)
            tables.webhooks[webhook_id] = kept
            return after

    async def remove(self, webhook_id: int, *, version: int | None = None) -> bool:
        with self._database.changing() as tables:
            kept = tables.webhooks.get(webhook_id)
            if kept is None:
                return False
            check_version(kept.webhook, version)
            for number in [*tables.told_to(webhook_id)]:
                outbox.drop(tables, number)
            del tables.webhooks[webhook_id]
            return True

    async def rotate(
        self, webhook_id: int, keep: timedelta, now: datetime
    ) -> WebhookWithSecret | None:
        with self._database.changing() as tables:
            kept = tables.webhooks.get(webhook_id)
            if kept is None:
                return None
            kept = attrs.evolve(
                kept, secret=drawn_secret(), old_secret=kept.secret, old_until=now + keep
            )
            tables.webhooks[webhook_id] = kept
            return WebhookWithSecret(kept.webhook, kept.secret)
