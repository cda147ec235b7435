"""Receipts in PostgreSQL."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import attrs

from fring_adapters.postgres.sql import receipts as sql
from fring_core import KeyInFlight, Receipt, TransactionConflict

if TYPE_CHECKING:
    from datetime import datetime

    from fring_adapters.postgres.wire.executor import Executor


def _lock(caller: str, key: str) -> int:
    """Return a number for an advisory lock: the same for nothing else, as far as can be known."""
    digest = blake2b(f"{len(caller)} {caller} {key}".encode(), digest_size=8, person=b"fring")
    return int.from_bytes(digest.digest(), signed=True)


@attrs.frozen
class PostgresReceipts:
    """Keep receipts, as `fring_core.Receipts` says.

    A key is held by an advisory lock, which ends with its transaction, and behind PgBouncer too.
    """

    _executor: Executor

    async def hold(self, caller: str, key: str, now: datetime) -> Receipt | None:
        place = {"caller": caller, "key": key, "now": now}
        [[is_held, request, answer, expires_at]] = await self._executor.run(
            sql.HOLD, place | {"lock": _lock(caller, key)}
        )
        if answer is not None:
            return Receipt(caller, key, request, answer, expires_at)
        if not is_held:
            raise KeyInFlight
        return None

    async def keep(self, receipt: Receipt, now: datetime) -> None:
        row = attrs.asdict(receipt) | {"now": now}
        if not await self._executor.run(sql.KEEP, row):
            raise TransactionConflict
