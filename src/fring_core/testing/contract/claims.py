"""The contract of claims: which attempts are due, and for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fring_core.deliveries import MOST_UNDER_WAY
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import LATER, NOW
from fring_core.testing.contract.hooking import (
    DELIVERED,
    NEW,
    PLACE,
    add_webhook,
    claimed,
    claimed_one,
    enabled,
    happened,
    paused,
    tell,
)
from fring_core.testing.replaying import shown

if TYPE_CHECKING:
    from fring_core import Store


class ClaimTests(StoreTests):
    """Test who gets which attempts."""

    async def test_claim_in_order(self, store: Store) -> None:
        """Return at most `limit` attempts that are due, those first that have been due longest.

        Each has what its delivery and its webhook have.
        """
        added = await store.webhooks.add(NEW, PLACE, NOW)
        webhook_id = added.webhook.id
        ids = await tell(store, webhook_id, 4)
        await store.deliveries.again(ids[1], LATER)
        assert await claimed(store, 0) == []
        attempts = [*await store.deliveries.claim(2, 60, LATER)]
        attempts += await store.deliveries.claim(9, 60, LATER)
        assert [each.delivery_id for each in attempts] == [ids[0], ids[2], ids[3], ids[1]]
        for each in attempts:
            number = ids.index(each.delivery_id) + 1
            assert (each.number, each.webhook_id, each.claim) == (1, webhook_id, 1)
            assert (each.url, each.secrets) == (NEW.url, (added.secret,))
            assert (each.message_id, each.type) == (f"msg_cursor-{number}", "task.created")
            assert each.event is not None
            assert shown([each.event]) == shown([happened(number)])
            assert each.at == each.event.at
            assert added.secret not in repr(each)

    async def test_claim_for_a_while(self, store: Store) -> None:
        """Nobody else MUST be given any of these deliveries for so many seconds, unless it is settled.

        Then it MUST be given out again, as the same attempt of another claim.
        """
        ids = await tell(store, await add_webhook(store), 2)
        assert await claimed(store, 1) == ids[:1]
        first = await claimed_one(store, 9, 0, NOW)
        second = await claimed_one(store, 9, 60, NOW)
        assert (first.delivery_id, second.delivery_id) == (ids[1], ids[1])
        assert (first.number, second.number) == (1, 1)
        assert second.claim > first.claim
        assert await claimed(store) == []

    async def test_claim_of_one_webhook(self, store: Store) -> None:
        """Of one webhook, no more than `MOST_UNDER_WAY` MUST be under way at once."""
        slow, other = [await add_webhook(store) for _ in range(2)]
        ids = await tell(store, slow, 2 * MOST_UNDER_WAY)
        others = await tell(store, other)
        assert await claimed(store, 3, 0) == ids[:3]  # whose claims are over
        attempts = await store.deliveries.claim(1000, 60, NOW)
        assert [each.delivery_id for each in attempts] == [*ids[:MOST_UNDER_WAY], *others]
        assert await claimed(store) == []
        for each in attempts[:2]:
            assert await store.deliveries.settle(each, DELIVERED, NOW)
        assert await claimed(store) == ids[MOST_UNDER_WAY : MOST_UNDER_WAY + 2]

    async def test_claim_of_a_disabled_webhook(self, store: Store) -> None:
        """What one that is disabled is to be told MUST wait until it is enabled."""
        webhook_id = await add_webhook(store)
        ids = await tell(store, webhook_id, 2)
        for verb, expected in ((paused, []), (enabled, ids)):
            await store.webhooks.change(webhook_id, verb, PLACE)
            assert await claimed(store) == expected
