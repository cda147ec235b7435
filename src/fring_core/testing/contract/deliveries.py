"""The contract of `fring_core.Deliveries`: one test per clause."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from fring_core import Delivery, DeliveryState, NewDelivery
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import NOW, rows
from fring_core.testing.contract.hooking import (
    DELIVERED,
    FURTHER,
    GIVEN_UP,
    LATER_ON,
    NEW,
    PLACE,
    add_webhook,
    claimed,
    claimed_one,
    happened,
    paused,
    tell,
)
from fring_core.testing.contract.webhooks import ABSENT
from fring_core.testing.replaying import shown
from fring_core.webhooks import TEST

if TYPE_CHECKING:
    from fring_core import Store

# Far from now, by whichever clock.
PAST, FUTURE = NOW - timedelta(days=36_500), NOW + timedelta(days=36_500)


async def _all(store: Store, webhook_id: int) -> list[Delivery]:
    return [*reversed(await store.deliveries.list(webhook_id, 1000))]


class DeliveryTests(StoreTests):
    """Test what the store keeps for webhooks."""

    async def test_delivery_of_events(self, store: Store) -> None:
        """Move webhooks from one place of the feed to another, with what they are told on the way.

        MUST return how many moved. Each delivery is pending, and due at once. It MUST keep its
        event when the feed has forgotten it.
        """
        ids = [await add_webhook(store) for _ in range(3)]
        new = [NewDelivery(ids[0], happened(number)) for number in (1, 2)]
        new.append(NewDelivery(ids[1], happened(2)))
        assert await store.deliveries.deliver(PLACE, FURTHER, ids, new, NOW) == 3
        assert {each.place for each in await store.deliveries.following()} == {FURTHER}
        found = [await _all(store, each) for each in ids]
        assert [len(each) for each in found] == [2, 1, 0]
        for delivery, number, webhook_id in zip(
            [*found[0], *found[1]], (1, 2, 2), (ids[0], ids[0], ids[1]), strict=True
        ):
            event = delivery.event
            assert event is not None
            assert shown([event]) == shown([happened(number)])
            assert delivery == Delivery(
                delivery.id,
                webhook_id,
                f"msg_cursor-{number}",
                "task.created",
                happened(number),
                delivery.created_at,
                DeliveryState.PENDING,
                attempts=0,
                next_at=delivery.next_at,
            )
        assert len(await claimed(store)) == 3

    async def test_delivery_from_another_place(self, store: Store) -> None:
        """One that is not at `place`, or is disabled, MUST stay where it is, and be told nothing."""
        ids = [await add_webhook(store, place) for place in (PLACE, FURTHER, PLACE, PLACE)]
        await store.webhooks.change(ids[2], paused, FURTHER)
        new = [NewDelivery(each, happened(1)) for each in ids]
        asked = [*ids[:3], ABSENT]
        assert await store.deliveries.deliver(PLACE, "on", asked, new, NOW) == 1
        assert [(each.webhook_id, each.place) for each in await store.deliveries.following()] == [
            (ids[0], "on"),
            (ids[1], FURTHER),
            (ids[3], PLACE),
        ]
        assert [len(await _all(store, each)) for each in ids] == [1, 0, 0, 0]
        assert await store.deliveries.deliver(PLACE, "on", ids[:1], new[:1], NOW) == 0
        assert len(await _all(store, ids[0])) == 1

    async def test_delivery_of_a_test(self, store: Store) -> None:
        """Store a delivery of the type `TEST`, with no event, due at once; return it.

        MUST return None if there is no such webhook. Its message id MUST be one that no other has.
        """
        webhook_id = await add_webhook(store)
        sent = [await store.deliveries.send(webhook_id, NOW) for _ in range(2)]
        assert await _all(store, webhook_id) == sent
        for each in sent:
            assert each is not None
            assert (each.webhook_id, each.type, each.event) == (webhook_id, TEST, None)
            assert (each.state, each.attempts) == (DeliveryState.PENDING, 0)
        assert len({each and each.message_id for each in sent}) == 2
        attempts = await store.deliveries.claim(9, 60, NOW)
        assert [(each.type, each.event, each.url) for each in attempts] == [
            (TEST, None, NEW.url)
        ] * 2
        assert [each.at for each in attempts] == [each and each.created_at for each in sent]
        assert await store.deliveries.send(ABSENT, NOW) is None

    @pytest.mark.parametrize("limit", [0, 1, 2, 3, 9])
    async def test_delivery_list(self, store: Store, limit: int) -> None:
        """Return the deliveries of a webhook, the newest first, the first `limit` of them.

        With `before_id`, exactly those with lower ids MUST be listed. Its `more` MUST tell whether
        others follow.
        """
        webhook_id = await add_webhook(store)
        await tell(store, await add_webhook(store))
        ids = (await tell(store, webhook_id, 3))[::-1]
        await tell(store, await add_webhook(store))
        for before_id, expected in ((None, ids), (ids[0], ids[1:]), (ids[1], ids[2:]), (0, [])):
            listed = await store.deliveries.list(webhook_id, limit, before_id)
            assert [each.id for each in listed] == expected[:limit]
            assert listed.more is (len(expected) > limit)

    async def test_delivery_again(self, store: Store) -> None:
        """Begin a delivery anew: it is pending, due at once, and has had no attempts; return it.

        MUST return None if there is no such delivery. Its message id and its event MUST stay.
        """
        webhook_id = await add_webhook(store)
        ids = await tell(store, webhook_id, 2)
        before = await _all(store, webhook_id)
        for settlement in (GIVEN_UP, DELIVERED, LATER_ON):
            attempt = await claimed_one(store, 1, 60, NOW)
            assert attempt.number == 1
            assert await store.deliveries.settle(attempt, settlement, NOW)
            begun = await store.deliveries.again(attempt.delivery_id, NOW)
            assert begun is not None
            assert begun in await _all(store, webhook_id)
            [was] = [each for each in before if each.id == begun.id]
            assert begun == Delivery(
                was.id,
                webhook_id,
                was.message_id,
                was.type,
                was.event,
                was.created_at,
                DeliveryState.PENDING,
                attempts=0,
                next_at=begun.next_at,
            )
        assert sorted(await claimed(store)) == ids
        assert await store.deliveries.again(ABSENT, NOW) is None

    async def test_delivery_again_under_way(self, store: Store) -> None:
        """Nobody MUST be able to settle an attempt that is under way."""
        webhook_id = await add_webhook(store)
        [number] = await tell(store, webhook_id)
        attempt = await claimed_one(store, 1, 60, NOW)
        begun = await store.deliveries.again(number, NOW)
        assert not await store.deliveries.settle(attempt, DELIVERED, NOW)
        assert await claimed(store) == [number]
        assert not await store.deliveries.settle(attempt, DELIVERED, NOW)
        assert await _all(store, webhook_id) == [begun]

    @pytest.mark.parametrize("limit", [0, 1, 2, 1000])
    async def test_delivery_forget(self, store: Store, limit: int) -> None:
        """Remove deliveries that are done and older, the first of them first; return how many.

        At most `limit` of them MUST go at once. Those that are pending MUST stay.
        """
        webhook_id = await add_webhook(store)
        ids = await tell(store, webhook_id, 4)
        for settlement in (LATER_ON, DELIVERED, GIVEN_UP):
            attempt = await claimed_one(store, 1, 60, NOW)
            await store.deliveries.settle(attempt, settlement, NOW)
        assert await store.deliveries.forget(PAST, limit) == 0
        gone = min(limit, 2)
        assert await store.deliveries.forget(FUTURE, limit) == gone
        left = [each.id for each in await _all(store, webhook_id)]
        assert left == [ids[0], *ids[1:3][gone:], ids[3]]
        assert rows(await store.deliveries.following()) != []
