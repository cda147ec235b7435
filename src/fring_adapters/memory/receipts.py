"""Receipts in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from fring_core import TransactionConflict

if TYPE_CHECKING:
    from datetime import datetime

    from fring_adapters.memory.database import Database
    from fring_core import Receipt


@attrs.frozen
class MemoryReceipts:
    """Keep receipts, as `fring_core.Receipts` says.

    Nobody waits for a key: of several transactions that store it, one commits.
    """

    _database: Database

    async def hold(self, caller: str, key: str, now: datetime) -> Receipt | None:
        with self._database.opened() as tables:
            found = tables.receipts.get((caller, key))
            return None if found is None or found.expires_at <= now else found

    async def keep(self, receipt: Receipt, now: datetime) -> None:
        with self._database.changing() as tables:
            place = receipt.caller, receipt.key
            if place in tables.receipts and tables.receipts[place].expires_at > now:
                raise TransactionConflict
            tables.drop_receipts(now)
            tables.put_receipt(place, receipt)
