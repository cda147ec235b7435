"""Receipts in memory."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

import attrs

from fring_core import TransactionConflict

if TYPE_CHECKING:
    from datetime import datetime

    from fring_adapters.memory.database import Database
    from fring_core import Receipt

_SOME: Final = 2  # that are looked at when one is stored: so there are not more and more


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
            tables.receipts.pop(place, None)  # the oldest ones come first
            for old in [*islice(tables.receipts, _SOME)]:
                if tables.receipts[old].expires_at <= now:
                    del tables.receipts[old]
            tables.receipts[place] = receipt
