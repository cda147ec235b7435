"""The contract of settlements: what becomes of a delivery and its webhook after an attempt."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import attrs
import pytest

from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import NOW
from fring_core.testing.contract.hooking import (
    AT_ONCE,
    DELIVERED,
    GIVEN_UP,
    LATER_ON,
    PLACE,
    add_webhook,
    claimed,
    claimed_one,
    enabled,
    tell,
    webhook_of,
)
from fring_core.testing.snapshot import plain
from fring_core.webhooks import FAILING, GONE, PAUSED, Outcome

if TYPE_CHECKING:
    from fring_core import Delivery, Settlement, Store

SHORT = timedelta(milliseconds=100)


async def _after(
    store: Store, webhook_id: int, settlement: Settlement, passed: timedelta = timedelta(0)
) -> str | None:
    """Settle an attempt of a webhook so; return why it is disabled then, None if it is not."""
    attempt = await claimed_one(store, 1, 60, NOW + passed)
    assert await store.deliveries.settle(attempt, settlement, NOW + passed)
    return (await webhook_of(store, webhook_id)).disabled_why


class SettlementTests(StoreTests):
    """Test what comes of attempts."""

    @pytest.mark.parametrize("settlement", [DELIVERED, GIVEN_UP, LATER_ON, AT_ONCE])
    async def test_settle(self, store: Store, settlement: Settlement) -> None:
        """Note what came of an attempt; tell whether it was still the claim of its delivery.

        One that is pending MUST be due when `settlement.wait` is over, and any other no more.
        """
        webhook_id = await add_webhook(store)
        [number] = await tell(store, webhook_id)
        [before] = await store.deliveries.list(webhook_id, 9)
        attempt = await claimed_one(store, 9, 60, NOW)
        assert await store.deliveries.settle(attempt, settlement, NOW)
        [after] = await store.deliveries.list(webhook_id, 9)
        outcome = settlement.outcome
        assert after == attrs.evolve(
            before,
            state=settlement.state,
            attempts=1,
            next_at=after.next_at,
            status=outcome.status,
            error=outcome.error,
            seconds=outcome.seconds,
        )
        assert (after.next_at is None) is (settlement.wait is None)
        again = await store.deliveries.claim(9, 60, NOW)
        is_due = settlement is AT_ONCE
        assert [(each.delivery_id, each.number) for each in again] == [(number, 2)] * is_due
        if settlement is LATER_ON:
            assert after.next_at is not None
            assert before.next_at is not None
            assert timedelta(minutes=59) < after.next_at - before.next_at < timedelta(minutes=62)

    async def test_settle_without_an_answer(self, store: Store) -> None:
        """Note what came of an attempt; tell whether it was still the claim of its delivery.

        Nothing may have been answered, and an error may be any text.
        """
        webhook_id = await add_webhook(store)
        await tell(store, webhook_id)
        attempt = await claimed_one(store, 9, 60, NOW)
        outcome = Outcome(None, "ä'\n" + "x" * 600, None, 15.0)
        await store.deliveries.settle(attempt, attrs.evolve(GIVEN_UP, outcome=outcome), NOW)
        [after] = await store.deliveries.list(webhook_id, 9)
        assert (after.status, after.error, after.seconds) == (None, outcome.error, 15.0)
        assert len(outcome.error) == 500

    async def test_settle_of_another_claim(self, store: Store) -> None:
        """If it was not, nothing MUST change.

        It is not if another was given it since, it was settled, or it is gone.
        """
        webhook_id = await add_webhook(store)
        await tell(store, webhook_id)

        async def found() -> list[Delivery]:
            return [*await store.deliveries.list(webhook_id, 9)]

        first = await claimed_one(store, 9, 0, NOW)
        second = await claimed_one(store, 9, 60, NOW)
        before = await found()
        harsh = attrs.evolve(GIVEN_UP, disables=GONE)
        assert not await store.deliveries.settle(first, harsh, NOW)
        assert await found() == before
        assert await claimed(store) == []
        assert await store.deliveries.settle(second, AT_ONCE, NOW)
        before = await found()
        for attempt in (first, second):
            assert not await store.deliveries.settle(attempt, harsh, NOW)
        assert await found() == before
        webhook = await webhook_of(store, webhook_id)
        assert (webhook.version, webhook.disabled_why) == (1, None)
        third = await claimed_one(store, 9, 60, NOW)
        assert third.number == 2
        await store.webhooks.remove(webhook_id)
        assert not await store.deliveries.settle(third, DELIVERED, NOW)

    async def test_settle_when_a_claim_is_over(self, store: Store) -> None:
        """Note what came of an attempt; tell whether it was still the claim of its delivery.

        It is when its time is over and nobody else has claimed it.
        """
        await tell(store, await add_webhook(store))
        attempt = await claimed_one(store, 9, 0, NOW)
        assert await store.deliveries.settle(attempt, DELIVERED, NOW)
        assert await claimed(store) == []

    async def test_settle_disables(self, store: Store) -> None:
        """With `settlement.disables`, its webhook MUST be disabled for that reason.

        One that is disabled already MUST stay as it is.
        """
        webhook_id, other = [await add_webhook(store) for _ in range(2)]
        await tell(store, webhook_id, 2)
        gone = attrs.evolve(GIVEN_UP, disables=GONE)
        attempts = await store.deliveries.claim(2, 60, NOW)
        assert await store.deliveries.settle(attempts[0], gone, NOW)
        webhook = await webhook_of(store, webhook_id)
        assert (webhook.disabled_why, webhook.version) == (GONE, 2)
        assert webhook.disabled_at is not None
        failing = attrs.evolve(GIVEN_UP, disables=PAUSED, patience=timedelta(0))
        assert await store.deliveries.settle(attempts[1], failing, NOW)
        assert plain(await store.webhooks.get(webhook_id)) == plain(webhook)
        assert (await webhook_of(store, other)).disabled_at is None

    async def test_settle_disables_what_fails(self, store: Store) -> None:
        """It MUST be disabled as `FAILING` if all that it did for `settlement.patience` was to fail."""
        webhook_id = await add_webhook(store)
        await tell(store, webhook_id, 6)
        briefly = attrs.evolve(GIVEN_UP, patience=SHORT)
        assert await _after(store, webhook_id, GIVEN_UP) is None
        passed = 2 * SHORT
        await store.events.wait(passed.total_seconds())
        assert await _after(store, webhook_id, DELIVERED, passed) is None
        assert await _after(store, webhook_id, briefly, passed) is None
        passed += 2 * SHORT
        await store.events.wait(2 * SHORT.total_seconds())
        assert await _after(store, webhook_id, GIVEN_UP, passed) is None
        assert await _after(store, webhook_id, briefly, passed) == FAILING

    async def test_settle_after_it_was_enabled(self, store: Store) -> None:
        """It MUST be disabled as `FAILING` if all that it did for `settlement.patience` was to fail.

        That begins anew when it is enabled again.
        """
        webhook_id = await add_webhook(store)
        await tell(store, webhook_id, 3)
        at_once = attrs.evolve(GIVEN_UP, patience=timedelta(0))
        assert await _after(store, webhook_id, at_once) == FAILING
        passed = 2 * SHORT
        await store.events.wait(passed.total_seconds())
        await store.webhooks.change(webhook_id, enabled, PLACE)
        briefly = attrs.evolve(GIVEN_UP, patience=SHORT)
        assert await _after(store, webhook_id, briefly, passed) is None
