"""The contract of webhooks, where several workers are at them at the same time."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import attrs

from fring_core import NewDelivery, StoreUnavailable, TransactionConflict
from fring_core.deliveries import MOST_UNDER_WAY
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import CALLERS, NOW, check_none_failed, losers
from fring_core.testing.contract.hooking import (
    DELIVERED,
    FURTHER,
    PLACE,
    add_webhook,
    happened,
    tell,
    webhook_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fring_core import Attempt, FringError, Store, Webhook


def _longer(webhook: Webhook) -> Webhook:
    return attrs.evolve(webhook, description=f"{webhook.description}x")


def _claims(results: Sequence[Sequence[Attempt] | FringError]) -> list[Attempt]:
    check_none_failed(results)
    return [each for some in results if isinstance(some, list | tuple) for each in some]


class WebhookRaceTests(StoreTests):
    """Test workers at the same time."""

    async def test_webhook_race_of_changes(self, store: Store) -> None:
        """Calls at the same time MUST NOT undo each other's work."""
        webhook_id = await add_webhook(store)
        before = await webhook_of(store, webhook_id)
        results = await self.together(
            *(store.webhooks.change(webhook_id, _longer, FURTHER) for _ in CALLERS)
        )
        check_none_failed(results)
        after = await webhook_of(store, webhook_id)
        assert after.version == len(CALLERS) + 1
        assert after.description == before.description + "x" * len(CALLERS)

    async def test_webhook_race_of_dispatchers(self, store: Store) -> None:
        """One that is not at `place`, or is disabled, MUST stay where it is, and be told nothing.

        Several that bring on the same webhooks bring each delivery once, also from within
        transactions, of which some may be refused.
        """
        ids = [await add_webhook(store) for _ in range(3)]
        new = [NewDelivery(each, happened(number)) for each in ids for number in (1, 2)]

        async def slowly(those: list[int]) -> int:
            async with store.transaction() as inner:
                moved = await inner.deliveries.deliver(PLACE, FURTHER, those, new, NOW)
                await inner.events.wait(0.02)
            return moved

        moved = await self.together(*map(slowly, (ids, ids[::-1], ids)))
        assert {*losers(moved)} <= {TransactionConflict, StoreUnavailable}
        assert sum(each for each in moved if isinstance(each, int)) == 3
        for each in ids:
            assert len(await store.deliveries.list(each, 9)) == 2

    async def test_webhook_race_of_quick_dispatchers(self, store: Store) -> None:
        """One that is not at `place`, or is disabled, MUST stay where it is, and be told nothing.

        Several that bring on the same webhooks bring each delivery once.
        """
        ids = [await add_webhook(store) for _ in range(3)]
        new = [NewDelivery(each, happened(number)) for each in ids for number in (1, 2)]
        results = await self.together(
            *(
                store.deliveries.deliver(PLACE, FURTHER, those, new, NOW)
                for those in (ids, ids[::-1]) * 8
            )
        )
        assert sum(each for each in results if isinstance(each, int)) == 3
        check_none_failed(results)
        for each in ids:
            assert len(await store.deliveries.list(each, 9)) == 2

    async def test_webhook_race_of_workers(self, store: Store) -> None:
        """Nobody else MUST be given any of these deliveries for so many seconds, unless it is settled.

        Of one webhook, no more than `MOST_UNDER_WAY` MUST be under way at once.
        """
        ids = [await add_webhook(store) for _ in range(3)]
        told = {number for each in ids for number in await tell(store, each, 60)}

        async def often() -> list[Attempt]:
            return [each for _ in range(4) for each in await store.deliveries.claim(7, 60, NOW)]

        done: list[int] = []
        while len(done) < len(told):
            results = await self.together(*(often() for _ in range(6)))
            attempts = _claims(results)
            assert attempts
            times = Counter(each.webhook_id for each in attempts)
            assert max(times.values()) <= MOST_UNDER_WAY
            settled = await self.together(
                *(store.deliveries.settle(each, DELIVERED, NOW) for each in attempts * 2)
            )
            check_none_failed(settled)
            assert settled.count(True) == len(attempts)
            done += [each.delivery_id for each in attempts]
        assert sorted(done) == sorted(told)
