"""What a worker does for webhooks, in the server or apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fring_core.clocks import in_utc
from fring_core.deliveries import NewDelivery, settled
from fring_core.errors import CursorExpired, InvalidCursor
from fring_core.patterns import matches
from fring_core.queries import MAX_LIMIT, Page
from fring_core.values import check_kind
from fring_core.webhooks import CLAIM_SECONDS, Attempt, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from fring_core.causes import Causes
    from fring_core.deliveries import Following
    from fring_core.events import Event
    from fring_core.ports import Store


class Dispatching:
    """Bring events to webhooks. Any number of workers may do so at the same time."""

    def __init__(self, store: Store, causes: Causes) -> None:
        self._store = store
        self._causes = causes

    def _now(self) -> datetime:
        return self._causes().at

    async def dispatch(self, *, limit: int = MAX_LIMIT) -> int:
        """Make deliveries of what has come to the feed; return how many events were looked at.

        About `limit` (1-1000) deliveries are made at once: if it is not 0, there may be more. Each
        event of the shared board, and of users, is delivered once to each webhook that is for it.
        A webhook whose place in the feed is not known any more goes on from the present one.
        """
        limit = max(Page(limit=limit).limit, 1)
        places: dict[str, list[Following]] = {}
        for each in await self._store.deliveries.following():
            places.setdefault(each.place, []).append(each)
        return sum([await self._go_on(place, those, limit) for place, those in places.items()])

    async def _go_on(self, place: str, those: Sequence[Following], limit: int) -> int:
        try:
            page = await self._store.events.after(place, max(limit // len(those), 1))
        except (CursorExpired, InvalidCursor):
            await self._move(place, await self._store.events.latest(), those, ())
            return 0
        if page.next != place:
            await self._move(place, page.next, those, page.items)
        return len(page.items)

    async def _move(
        self, place: str, after: str, those: Sequence[Following], events: Sequence[Event]
    ) -> None:
        new = [
            NewDelivery(each.webhook_id, event)
            for event in events
            if event.owner is None
            for each in those
            if matches(each.types, event.type)
        ]
        ids = [each.webhook_id for each in those]
        await self._store.deliveries.deliver(place, after, ids, new, self._now())

    async def claim(self, limit: int = 10) -> tuple[Attempt, ...]:
        """Return at most `limit` (0-1000) attempts that are due, each for this caller alone.

        It is to `settle` each within a minute; then another one may get it.
        """
        limit = Page(limit=limit).limit
        return tuple(await self._store.deliveries.claim(limit, CLAIM_SECONDS, self._now()))

    async def settle(self, attempt: Attempt, outcome: Outcome) -> bool:
        """Note what came of an attempt: it is done, or tried again, or given up.

        Tell whether that counts: not if somebody else has claimed the same meanwhile.
        """
        check_kind("attempt", attempt, Attempt)
        check_kind("outcome", outcome, Outcome)
        settlement = settled(attempt, outcome)
        return await self._store.deliveries.settle(attempt, settlement, self._now())

    async def forget(self, before: datetime, *, limit: int = MAX_LIMIT) -> int:
        """Remove deliveries that are done, from before a moment, at most `limit` (0-1000) at once.

        Return how many. Raise `ValueError` for a moment that does not know its zone.
        """
        return await self._store.deliveries.forget(in_utc(before), Page(limit=limit).limit)
