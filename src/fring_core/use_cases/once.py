"""Do a piece of work once, however often it is asked for."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from fring_core import text
from fring_core.clocks import LAST, in_utc
from fring_core.errors import KeyReused, Problem
from fring_core.receipts import CALLER, LONGEST, Receipt, check_key
from fring_core.use_cases.transactions import all_or_nothing
from fring_core.values import check_kind, plain_fields

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fring_core.causes import Tell
    from fring_core.ports import Clock, Store

Work: TypeAlias = "Callable[[Store, Tell], Awaitable[Any]]"


@attrs.frozen(field_transformer=plain_fields)
class Once:
    """Hold under which key a request is answered once.

    Raise `InvalidKey` if that is none, and `InvalidInput` for the rest.
    """

    _store: Store
    _clock: Clock
    key: str
    caller: str
    request: str
    kept_for: timedelta

    def __attrs_post_init__(self) -> None:
        check_key(self.key)
        check_kind("kept_for", self.kept_for, timedelta)
        ends = timedelta(0) < self.kept_for <= LONGEST
        said = f"must be more than 0 and at most {LONGEST.days} days"
        text.reject(
            (
                CALLER.problem("caller", self.caller),
                text.FILTER.problem("request", self.request),
                None if ends else Problem("kept_for", said),
            )
        )

    async def do(self, tell: Tell, work: Work) -> Any:
        """Return what `work` makes of a transaction's store, or has made of it under this key."""
        receipt = await all_or_nothing(self._store, tell, partial(self._receipt, work))
        # What is told the first time is what will be told again.
        return json.loads(receipt.answer)

    async def _receipt(self, work: Work, store: Store, tell: Tell) -> Receipt:
        """Return the receipt that there is, or else that of the work, which is done now."""
        now = in_utc(self._clock())
        found = await store.receipts.hold(self.caller, self.key, now)
        if found is not None:
            if found.request != self.request:
                raise KeyReused
            return found
        answer = json.dumps(await work(store, tell), allow_nan=False)
        expires_at = now + min(self.kept_for, LAST - now)
        receipt = Receipt(self.caller, self.key, self.request, answer, expires_at)
        await store.receipts.keep(receipt, now)
        return receipt
