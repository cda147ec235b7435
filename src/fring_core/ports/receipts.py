"""The port of receipts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from fring_core.receipts import Receipt


class Receipts(Protocol):
    """Keep receipts, by caller and key: inside transactions alone.

    Some that have expired are to go whenever one is kept, or they would pile up.
    """

    async def hold(self, caller: str, key: str, now: datetime) -> Receipt | None:
        """Return the receipt that expires after `now`, or None if there is none.

        In the latter case the key is this transaction's until it ends. Of several that want it at
        the same time, all but one MUST raise `KeyInFlight`, or `TransactionConflict` at their end.
        Other keys, and the same key of other callers, MUST go on.
        """
        ...

    async def keep(self, receipt: Receipt, now: datetime) -> None:
        """Store a receipt in the place of one that expired by `now`, if there is one.

        It MUST NOT replace one that expires after `now`, but raise `TransactionConflict`. Others
        that do MUST stay.
        """
        ...
