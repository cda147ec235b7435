"""The port of deliveries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from fring_core.deliveries import Delivery, Following, NewDelivery, Settlement
    from fring_core.queries import Slice
    from fring_core.webhooks import Attempt


class Deliveries(Protocol):
    """Keep what webhooks are told, and who is about to tell it.

    `now` is for stores that have no clock of their own. Of those that have one, all times are its.
    """

    async def following(self) -> Sequence[Following]:
        """Return where the webhooks that are enabled have come to, by ascending id."""
        ...

    async def deliver(
        self,
        place: str,
        after: str,
        webhook_ids: Sequence[int],
        new: Sequence[NewDelivery],
        now: datetime,
    ) -> int:
        """Move webhooks from one place of the feed to another, with what they are told on the way.

        MUST return how many moved. One that is not at `place`, or is disabled, MUST stay where it
        is, and be told nothing. Each delivery is pending, and due at once. It MUST keep its event
        when the feed has forgotten it.
        """
        ...

    async def send(self, webhook_id: int, now: datetime) -> Delivery | None:
        """Store a delivery of the type `TEST`, with no event, due at once; return it.

        MUST return None if there is no such webhook. Its message id MUST be one that no other has.
        """
        ...

    async def list(
        self, webhook_id: int, limit: int, before_id: int | None = None
    ) -> Slice[Delivery]:
        """Return the deliveries of a webhook, the newest first, the first `limit` of them.

        With `before_id`, exactly those with lower ids MUST be listed. Its `more` MUST tell whether
        others follow.
        """
        ...

    async def again(self, delivery_id: int, now: datetime) -> Delivery | None:
        """Begin a delivery anew: it is pending, due at once, and has had no attempts; return it.

        MUST return None if there is no such delivery. Its message id and its event MUST stay.
        Nobody MUST be able to settle an attempt that is under way.
        """
        ...

    async def claim(self, limit: int, seconds: float, now: datetime) -> Sequence[Attempt]:
        """Return at most `limit` attempts that are due, those first that have been due longest.

        Nobody else MUST be given any of these deliveries for so many seconds, unless it is settled.
        Then it MUST be given out again, as the same attempt of another claim. Of one webhook, no
        more than `MOST_UNDER_WAY` MUST be under way at once. What one that is disabled is to be
        told MUST wait until it is enabled.
        """
        ...

    async def settle(self, attempt: Attempt, settlement: Settlement, now: datetime) -> bool:
        """Note what came of an attempt; tell whether it was still the claim of its delivery.

        If it was not, nothing MUST change. One that is pending MUST be due when `settlement.wait`
        is over, and any other no more. With `settlement.disables`, its webhook MUST be disabled for
        that reason. It MUST be disabled as `FAILING` if all that it did for `settlement.patience`
        was to fail. One that is disabled already MUST stay as it is.
        """
        ...

    async def forget(self, before: datetime, limit: int) -> int:
        """Remove deliveries that are done and older, the first of them first; return how many.

        At most `limit` of them MUST go at once. Those that are pending MUST stay.
        """
        ...
