"""Causes: what each call that writes tells its store, for the events that it records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from fring_core import text
from fring_core.clocks import in_utc
from fring_core.hooks import unheard
from fring_core.values import plain

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from fring_core.errors import Problem
    from fring_core.events import Event

Tell: TypeAlias = "Callable[[Event], object]"
Note: TypeAlias = "Callable[[str], object]"


@attrs.frozen
class Cause:
    """Hold when a change was asked for, by whom, and in which request.

    `at` is in UTC; raise `ValueError` for a time without a zone. `actor` is None where nobody has
    to say who they are. `is_wordy` tells whether events may hold descriptions; else they hold a
    description's length and hash. `on_record` hears of the place of each event when it is
    recorded, `on_commit` of the event when nothing can undo it any more.
    """

    at: datetime = attrs.field(converter=in_utc)
    actor: str | None = None
    request_id: str | None = None
    is_wordy: bool = True
    on_record: Note = attrs.field(default=unheard, eq=False, repr=False)
    on_commit: Tell = attrs.field(default=unheard, eq=False, repr=False)

    def tell(self, event: Event, cursor: str, **found: Any) -> None:
        """Tell of an event that a call has recorded, once that is done: for stores to call.

        `cursor` is its place in the feed, `found` what only the store knew of it.
        """
        self.on_record(cursor)
        if self.on_commit is not unheard:
            self.on_commit(attrs.evolve(event, cursor=cursor, **found))

    def telling(self, on_commit: Tell) -> Cause:
        """Return this cause, with somebody else who is told: in a transaction, whoever holds it."""
        return attrs.evolve(self, on_commit=on_commit)


@attrs.frozen
class Causes:
    """Make the causes of calls, which are alike but for the time: that of the call."""

    clock: Callable[[], datetime]
    is_wordy: bool = True
    on_commit: Tell = unheard
    actor: str | None = None
    request_id: str | None = None
    on_record: Note = unheard

    def __call__(self) -> Cause:
        """Return a cause for a call that is made now; raise what the clock raises."""
        return Cause(
            self.clock(),
            self.actor,
            self.request_id,
            self.is_wordy,
            self.on_record,
            self.on_commit,
        )

    def acting_as(self, actor: str | None, request_id: str | None, on_record: Note) -> Causes:
        """Return what makes causes of an actor and a request.

        Both are texts of 1 to 255 characters, or None; else raise `InvalidInput`.
        """
        actor, request_id = plain(actor), plain(request_id)
        text.reject((_problem("actor", actor), _problem("request_id", request_id)))
        return Causes(self.clock, self.is_wordy, self.on_commit, actor, request_id, on_record)

    def telling(self, on_commit: Tell) -> Causes:
        """Return what makes these causes, with somebody else who is told."""
        return attrs.evolve(self, on_commit=on_commit)


def _problem(field: str, name: str | None) -> Problem | None:
    return None if name is None else text.OWNER.problem(field, name)
