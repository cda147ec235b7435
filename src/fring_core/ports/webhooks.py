"""The port of webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from fring_core.queries import Page, Slice
    from fring_core.webhooks import NewWebhook, Webhook, WebhookWithSecret


class Webhooks(Protocol):
    """Keep webhooks, each with its secrets and its place in the feed.

    `now` is for stores that have no clock of their own.
    """

    async def add(self, new: NewWebhook, place: str, now: datetime) -> WebhookWithSecret:
        """Store a new webhook at a place in the feed, enabled, at version 1; return it with a secret.

        It MUST have an id that no webhook has ever had. The secret MUST be `whsec_` and the base64
        of 32 bytes that nobody can guess. No call of this port, or of `Deliveries`, MUST record an
        event.
        """
        ...

    async def get(self, webhook_id: int) -> Webhook | None:
        """Return the webhook with this id, or None."""
        ...

    async def list(self, page: Page) -> Slice[Webhook]:
        """Return the webhooks by ascending id, the page only.

        Its `more` MUST tell whether others come behind it. With `page.after`, exactly those behind
        that place MUST be listed.
        """
        ...

    async def change(
        self, webhook_id: int, verb: Callable[[Webhook], Webhook], place: str
    ) -> Webhook | None:
        """Replace a webhook by what `verb` makes of it, and return that one version on, or None.

        MUST return None if there is no such webhook. What `verb` raises MUST be raised, and nothing
        changed. `created_at` MUST stay as it is stored, and so MUST the secrets. One that was
        disabled, and is no more, MUST go on from `place`; others MUST stay where they are.
        """
        ...

    async def remove(self, webhook_id: int, *, version: int | None = None) -> bool:
        """Remove a webhook and its deliveries; tell whether it was there.

        With a `version`, one that has another MUST be left as it is. Raise `VersionConflict` then,
        with the version that it has.
        """
        ...

    async def rotate(
        self, webhook_id: int, keep: timedelta, now: datetime
    ) -> WebhookWithSecret | None:
        """Give a webhook a new secret, and return it with that; None if there is no such webhook.

        The one before MUST sign beside it for as long as `keep`, and then no more. All else MUST
        stay, the version too.
        """
        ...
