"""Causes: what each call that writes tells its store, for the events that it records."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import attrs

from fring_core import text
from fring_core.clocks import in_utc
from fring_core.hooks import unheard
from fring_core.values import plain_fields

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from fring_core.errors import Problem
    from fring_core.events import Event

Tell: TypeAlias = "Callable[[Event], object]"
Causes: TypeAlias = "Callable[[], Cause]"


@attrs.frozen
class Cause:
    """Hold when a change was asked for, by whom, and in which request.

    `at` is in UTC; raise `ValueError` for a time without a zone. `actor` is None where nobody has
    to say who they are. `is_wordy` tells whether events may hold descriptions; else they hold a
    description's length and hash. `on_record` hears of each event when it is recorded, `on_commit`
    when nothing can undo it any more.
    """

    at: datetime = attrs.field(converter=in_utc)
    actor: str | None = None
    request_id: str | None = None
    is_wordy: bool = True
    on_record: Tell = attrs.field(default=unheard, eq=False, repr=False)
    on_commit: Tell = attrs.field(default=unheard, eq=False, repr=False)

    def tell(self, event: Event) -> None:
        """Tell of an event that a call has recorded, once that is done: for stores to call."""
        self.on_record(event)
        self.on_commit(event)

    def telling(self, on_commit: Tell) -> Cause:
        """Return this cause, with somebody else who is told: in a transaction, whoever holds it."""
        return attrs.evolve(self, on_commit=on_commit)


@attrs.frozen(field_transformer=plain_fields)
class Causing:
    """Make causes as others do, that name an actor and a request.

    `on_record` hears of each event as it is recorded. Both names are texts of 1 to 255 characters, or None; else raise
    `InvalidInput`.
    """

    _causes: Causes
    actor: str | None
    request_id: str | None
    _on_record: Tell = unheard

    def __attrs_post_init__(self) -> None:
        text.reject(
            (_name_problem("actor", self.actor), _name_problem("request_id", self.request_id))
        )

    def __call__(self) -> Cause:
        """Return a cause for a call that is made now."""
        made = self._causes()
        named = (self.actor, self.request_id, made.is_wordy)
        return Cause(made.at, *named, self._on_record, made.on_commit)


def _name_problem(field: str, name: str | None) -> Problem | None:
    return None if name is None else text.OWNER.problem(field, name)
