"""The contract of `fring_core.Receipts`: one test per clause."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import attrs
import pytest

from fring_core import KeyInFlight, Receipt, TaskFilter, TransactionConflict
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import CALLERS, NOW, Undo, add_task
from fring_core.testing.snapshot import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from fring_core import Store

LATER = NOW + timedelta(hours=1)
RECEIPT = Receipt("ann", "key", "POST /tasks", '{"id": 1}', LATER)
# Each is another place than the others, whatever is done to the texts.
PLACES = (
    ("ann", "key"),
    ("ann", "KEY"),
    ("ann", "key "),
    ("Ann", "key"),
    ("ann key", "key"),
    ("", "ann key"),
    ("a", "nnkey"),
    ("ä", "key"),
    ("a\u0308", "key"),
    ("ann", "~" * 255),
    ("x" * 255, "key"),
)


async def _keep(store: Store, receipt: Receipt) -> None:
    async with store.transaction() as inner:
        now = receipt.expires_at - timedelta(hours=1)
        assert await inner.receipts.hold(receipt.caller, receipt.key, now) is None
        await inner.receipts.keep(receipt, now)


async def _found(store: Store, place: tuple[str, str], now: datetime = NOW) -> Receipt | None:
    async with store.transaction() as inner:
        return await inner.receipts.hold(*place, now)


async def _once(store: Store, request: str) -> bool:
    """Add a task under a key; tell whether nobody else had done so."""
    async with store.transaction() as inner:
        if await inner.receipts.hold("ann", "key", NOW) is not None:
            return False
        await add_task(inner, request)
        await inner.receipts.keep(attrs.evolve(RECEIPT, request=request), NOW)
    return True


async def _check_one(store: Store, results: Sequence[object]) -> None:
    """Assert that one of several did its work, and that the others were told so."""
    errors = {type(each) for each in results if not isinstance(each, bool)}
    assert errors <= {KeyInFlight, TransactionConflict}
    assert results.count(True) == 1
    receipt = await _found(store, ("ann", "key"))
    assert receipt is not None
    assert await _titles(store) == [receipt.request]


async def _titles(store: Store) -> list[str]:
    return [task.title for task in await store.tasks.list(TaskFilter(), EVERYTHING, None)]


class ReceiptTests(StoreTests):
    """Test what the store keeps under keys."""

    async def test_receipt_hold(self, store: Store) -> None:
        """Return the receipt that expires after `now`, or None if there is none."""
        kept = [
            attrs.evolve(
                RECEIPT, caller=caller, key=key, request=f"r{n}", answer=f'"{n} \\u0000😀"'
            )
            for n, (caller, key) in enumerate(PLACES)
        ]
        for place, receipt in zip(PLACES, kept, strict=True):
            assert await _found(store, place) is None
            await _keep(store, receipt)
        for place, receipt in zip(PLACES, kept, strict=True):
            assert await _found(store, place) == receipt
            assert await _found(store, place, LATER - timedelta(microseconds=1)) == receipt
            assert await _found(store, place, LATER) is None

    async def test_receipt_of_one_transaction(self, store: Store) -> None:
        """Of several that want it at the same time, all but one MUST raise `KeyInFlight`, or `TransactionConflict` at their end."""
        results = await self.together(*(_once(store, str(number)) for number in CALLERS))
        await _check_one(store, results)

    async def test_receipt_halfway_to_another(self, store: Store) -> None:
        """Of several that want it at the same time, all but one MUST raise `KeyInFlight`, or `TransactionConflict` at their end: the first one, or the one that came in its middle."""
        results: list[object] = []
        come = asyncio.Event()

        async def second() -> None:
            await come.wait()
            results.append(await self.beside(_once(store, "second")))

        coming = asyncio.ensure_future(second())
        with suppress(TransactionConflict):
            async with store.transaction() as inner:
                assert await inner.receipts.hold("ann", "key", NOW) is None
                await add_task(inner, "first")
                come.set()
                await asyncio.wait({coming}, timeout=1)  # unless it waits for the first one's end
                await inner.receipts.keep(attrs.evolve(RECEIPT, request="first"), NOW)
            results.append(True)
        await coming
        await _check_one(store, results)

    async def test_receipt_beside_others(self, store: Store) -> None:
        """Other keys, and the same key of other callers, MUST go on.

        Whoever held its key before they did goes on as well, or gets `TransactionConflict`.
        """
        others = [attrs.evolve(RECEIPT, caller=caller, key=key) for caller, key in PLACES[1:]]
        kept = None
        with suppress(TransactionConflict):
            async with store.transaction() as inner:
                assert await inner.receipts.hold("ann", "key", NOW) is None
                for receipt in others:
                    assert await self.beside(_keep(store, receipt)) is None
                await inner.receipts.keep(RECEIPT, NOW)
            kept = RECEIPT
        assert await _found(store, ("ann", "key")) == kept
        for receipt in others:
            assert await _found(store, (receipt.caller, receipt.key)) == receipt

    async def test_receipt_of_no_transaction(self, store: Store) -> None:
        """In the latter case the key is this transaction's until it ends."""
        for _ in range(2):
            with suppress(Undo):
                async with store.transaction() as inner:
                    assert await inner.receipts.hold("ann", "key", NOW) is None
                    await inner.receipts.keep(RECEIPT, NOW)
                    raise Undo
            async with store.transaction() as inner:
                assert await inner.receipts.hold("ann", "key", NOW) is None
        async with store.transaction():  # on the connection, maybe, that had the key
            assert await self.beside(_found(store, ("ann", "key"))) is None
        await _keep(store, RECEIPT)
        assert await _found(store, ("ann", "key")) == RECEIPT

    async def test_receipt_keep(self, store: Store) -> None:
        """Store a receipt in the place of one that expired by `now`, if there is one."""
        receipt = RECEIPT
        for number in range(5):
            receipt = attrs.evolve(
                receipt,
                request=f"request {number}",
                answer=str(number),
                expires_at=receipt.expires_at + timedelta(hours=1),
            )
            await _keep(store, receipt)
            now = receipt.expires_at - timedelta(seconds=1)
            assert await _found(store, ("ann", "key"), now) == receipt

    async def test_receipt_keep_no_other(self, store: Store) -> None:
        """It MUST NOT replace one that expires after `now`, but raise `TransactionConflict`."""
        await _keep(store, RECEIPT)
        other = attrs.evolve(RECEIPT, request="other", expires_at=LATER + timedelta(hours=1))
        with pytest.raises(TransactionConflict):
            async with store.transaction() as inner:
                await inner.receipts.keep(other, LATER - timedelta(microseconds=1))
        assert await _found(store, ("ann", "key")) == RECEIPT

    async def test_receipt_keeps_the_others(self, store: Store) -> None:
        """Others that do MUST stay."""
        lasting = [attrs.evolve(RECEIPT, key=f"lasting {number}") for number in range(8)]
        passing = [
            attrs.evolve(RECEIPT, key=f"passing {number}", expires_at=NOW) for number in range(8)
        ]
        for receipts in zip(passing, lasting, strict=True):
            async with store.transaction() as inner:
                for receipt in receipts:
                    await inner.receipts.keep(receipt, NOW - timedelta(seconds=1))
        await _keep(store, RECEIPT)
        for receipt in lasting:
            assert await _found(store, (receipt.caller, receipt.key)) == receipt
