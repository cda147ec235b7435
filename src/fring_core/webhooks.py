"""Stand in for the interface of webhooks until it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from datetime import datetime

    from fring_core.events import Event


@attrs.frozen(kw_only=True)
class Attempt:
    """Hold what a worker is to do once."""

    delivery_id: int
    number: int
    webhook_id: int
    url: str
    secrets: tuple[str, ...] = attrs.field(repr=False)
    message_id: str
    at: datetime
    type: str
    event: Event | None


@attrs.frozen
class Outcome:
    """Hold what came of it."""

    status: int | None
    error: str
    retry_after: float | None
    seconds: float
