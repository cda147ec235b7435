"""Do a piece of work once, however often it is asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import attrs

from fring_core.clocks import in_utc
from fring_core.errors import KeyReused, TransactionConflict
from fring_core.receipts import Receipt, check_key

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import timedelta

    from fring_core.ports import Clock, Store

# Each one that is lost means that somebody else's work was stored.
TRIES: Final = 10


@attrs.frozen
class Once:
    """Hold under which key a request is answered once; raise `InvalidKey` if that is none."""

    _store: Store
    _clock: Clock
    key: str
    caller: str
    request: str
    kept_for: timedelta

    def __attrs_post_init__(self) -> None:
        check_key(self.key)

    async def do(self, work: Callable[[Store], Awaitable[Any]]) -> Any:
        """Return what `work` makes of a transaction's store, or has made of it under this key."""
        for _ in range(TRIES - 1):
            try:
                return await self._try(work)
            except TransactionConflict:
                continue
        return await self._try(work)

    async def _try(self, work: Callable[[Store], Awaitable[Any]]) -> Any:
        async with self._store.transaction() as store:
            now = in_utc(self._clock())
            receipt = await store.receipts.hold(self.caller, self.key, now)
            if receipt is None:
                answer = json.dumps(await work(store))
                expires_at = now + self.kept_for
                receipt = Receipt(self.caller, self.key, self.request, answer, expires_at)
                await store.receipts.keep(receipt, now)
            elif receipt.request != self.request:
                raise KeyReused
        # What is told the first time is what will be told again.
        return json.loads(receipt.answer)
