"""Causes: what each call that writes tells its store, for the events that it records."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import attrs

from fring_core.clocks import in_utc
from fring_core.hooks import unheard

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from fring_core.events import Event

Tell: TypeAlias = "Callable[[Event], object]"
Causes: TypeAlias = "Callable[[], Cause]"


@attrs.frozen
class Cause:
    """Hold when a change was asked for, by whom, and in which request.

    `at` is in UTC; raise `ValueError` for a time without a zone. `actor` is None where nobody has
    to say who they are. `is_wordy` tells whether events may hold descriptions; else they hold a
    description's length and hash. A store calls `tell` with each event that a call has recorded,
    once that call is done, in the order of recording.
    """

    at: datetime = attrs.field(converter=in_utc)
    actor: str | None = None
    request_id: str | None = None
    is_wordy: bool = True
    tell: Tell = attrs.field(default=unheard, eq=False, repr=False)

    def telling(self, tell: Tell) -> Cause:
        """Return this cause, with somebody else who is told."""
        return attrs.evolve(self, tell=tell)
