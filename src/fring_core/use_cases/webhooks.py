"""What is done with webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fring_core.deliveries import existing as existing_delivery
from fring_core.errors import DeliveryNotFound, WebhookNotFound
from fring_core.ids import MAX_ID
from fring_core.orders import TaskOrder
from fring_core.queries import DEFAULT_LIMIT, Page
from fring_core.use_cases.deliveries import Dispatching
from fring_core.use_cases.unchanged import Unchanged
from fring_core.values import check_kind, whole
from fring_core.versions import check_version, expected
from fring_core.webhooks import KEPT_SECRET, NewWebhook, WebhookChanges, existing

if TYPE_CHECKING:
    from fring_core.deliveries import Delivery
    from fring_core.queries import Slice
    from fring_core.webhooks import Webhook, WebhookWithSecret


class WebhookUseCases(Dispatching):
    """Have others told of events: `fring.webhooks`.

    Every method may raise `Unavailable` when the store is away, and `InvalidInput` for an argument
    that is none of its kind.
    """

    async def create(self, new: NewWebhook) -> WebhookWithSecret:
        """Create a webhook, which is told of what happens from now on; return it with its secret."""
        check_kind("new", new, NewWebhook)
        now, place = self._now(), await self._store.events.latest()
        return await self._store.webhooks.add(new, place, now)

    async def get(self, webhook_id: int) -> Webhook:
        """Return a webhook; raise `WebhookNotFound`."""
        webhook_id = existing(webhook_id)
        found = await self._store.webhooks.get(webhook_id)
        if found is None:
            raise WebhookNotFound(webhook_id)
        return found

    async def list(self, page: Page = Page()) -> Slice[Webhook]:
        """Return the webhooks by ascending id; its `more` tells whether others follow.

        The next page is `Page(after=Place(webhooks[-1].id))`.
        """
        check_kind("page", page, Page)
        page.check_order(TaskOrder.BY_ID)
        return await self._store.webhooks.list(page)

    async def update(
        self, webhook_id: int, changes: WebhookChanges, *, version: int | None = None
    ) -> Webhook:
        """Change a webhook, pause it or enable it; raise `WebhookNotFound`.

        One that is enabled again is told of what happens from now on, and of what it was to be told
        when it was disabled. With a `version`, raise `VersionConflict` if the webhook has another.
        What leaves it as it is stores nothing.
        """
        check_kind("changes", changes, WebhookChanges)
        version, webhook_id = expected(version), existing(webhook_id)
        now, place = self._now(), await self._store.events.latest()

        def verb(webhook: Webhook) -> Webhook:
            check_version(webhook, version)
            changed = webhook.change(changes, now)
            if changed == webhook:
                raise Unchanged(webhook)
            return changed

        try:
            changed = await self._store.webhooks.change(webhook_id, verb, place)
        except Unchanged as found:
            row: Webhook = found.row
            return row
        if changed is None:
            raise WebhookNotFound(webhook_id)
        return changed

    async def delete(self, webhook_id: int, *, version: int | None = None) -> None:
        """Delete a webhook with its deliveries; raise `WebhookNotFound`.

        With a `version`, raise `VersionConflict` if the webhook has another.
        """
        version, webhook_id = expected(version), existing(webhook_id)
        if not await self._store.webhooks.remove(webhook_id, version=version):
            raise WebhookNotFound(webhook_id)

    async def rotate(self, webhook_id: int) -> WebhookWithSecret:
        """Give a webhook a new secret; raise `WebhookNotFound`.

        The one before signs beside it for 24 hours, and one before that no more.
        """
        webhook_id = existing(webhook_id)
        found = await self._store.webhooks.rotate(webhook_id, KEPT_SECRET, self._now())
        if found is None:
            raise WebhookNotFound(webhook_id)
        return found

    async def test(self, webhook_id: int) -> Delivery:
        """Have a webhook sent a message of the type `webhook.test`; raise `WebhookNotFound`.

        One that is disabled is sent it when it is enabled.
        """
        webhook_id = existing(webhook_id)
        sent = await self._store.deliveries.send(webhook_id, self._now())
        if sent is None:
            raise WebhookNotFound(webhook_id)
        return sent

    async def deliveries(
        self, webhook_id: int, *, limit: int = DEFAULT_LIMIT, before_id: int | None = None
    ) -> Slice[Delivery]:
        """Return what a webhook was told or is to be told, the newest first.

        The first `limit` (0-1000) of them, those with ids lower than `before_id` if it is given;
        `more` tells if others follow. Raise `WebhookNotFound`.
        """
        limit = Page(limit=limit).limit
        if before_id is not None:
            before_id = max(0, min(whole("before_id", before_id), MAX_ID))
        webhook = await self.get(webhook_id)
        return await self._store.deliveries.list(webhook.id, limit, before_id)

    async def redeliver(self, delivery_id: int) -> Delivery:
        """Have a message sent again, with the same id, as if it were new; raise `DeliveryNotFound`."""
        delivery_id = existing_delivery(delivery_id)
        begun = await self._store.deliveries.again(delivery_id, self._now())
        if begun is None:
            raise DeliveryNotFound(delivery_id)
        return begun
