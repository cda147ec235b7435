"""What a reader of events asks for: from where on, and which of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs

from fring_core import Unauthenticated
from fring_core.ids import MAX_ID
from fring_core.patterns import NARROW, matches
from fring_core.queries import DEFAULT_LIMIT, MAX_LIMIT
from fring_http.api.rates.callers import CALLER
from fring_http.api.reading.parameters import Query
from fring_http.api.reading.wording import alternatives
from fring_http.api.refusals.details import NO_TOKEN
from fring_http.api.refusals.errors import Fault, Rejected
from fring_http.api.shapes.parameters import BOARD, LISTS, MAX_WAIT_SECONDS
from fring_http.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from litestar import Request

    from fring_core import Event

NOW: Final = "now"


@attrs.frozen
class Wanted:
    """Say which events a caller wants of those that it may see."""

    owners: frozenset[str | None]
    task_id: int | None = None
    types: frozenset[str] = frozenset()

    @classmethod
    def read(cls, request: Request[Any, Any, Any], query: Query) -> Wanted:
        """Return what a query asks for; raise `Rejected` (422), `Unauthenticated` (401)."""
        task_id = None if query.text("task") is None else _within(query, "task", 0, 1, MAX_ID)
        named = query.text("types")
        types = frozenset() if named is None else frozenset(map(_type, named.split(",")))
        return cls(_owners(request.scope, query.text("list")), task_id, types)

    def takes(self, event: Event) -> bool:
        """Tell whether an event is one of them."""
        if event.owner not in self.owners:
            return False
        if self.task_id is not None and event.task_id != self.task_id:
            return False
        return not self.types or matches(self.types, event.type)


def read_limit(query: Query) -> int:
    """Return what `?limit=` asks for, 1 to 1000; raise `Rejected` (422)."""
    return _within(query, "limit", DEFAULT_LIMIT, 1, MAX_LIMIT)


def read_wait(query: Query, usual: int) -> int:
    """Return how many seconds `?wait=` allows, 0 to 30; raise `Rejected` (422)."""
    return _within(query, "wait", usual, 0, MAX_WAIT_SECONDS)


def _within(query: Query, name: str, usual: int, least: int, most: int) -> int:
    number = query.integer(name, usual)
    if not least <= number <= most:
        why = f"must be from {least} to {most}"
        raise Rejected(Fault(["query", name], why, "value_error"))
    return number


def _owners(scope: Mapping[str, Any], name: str | None) -> frozenset[str | None]:
    own = frozenset([scope[CALLER]] if CALLER in scope else [])
    if name is None:
        return own | {None}
    if name not in LISTS:
        why = f"must be {alternatives(LISTS)}"
        raise Rejected(Fault(["query", "list"], why, "value_error"))
    if name == BOARD:
        return frozenset({None})
    if not own:
        raise Unauthenticated(NO_TOKEN)
    return own


def _type(name: str) -> str:
    if name in NARROW:
        return name
    meant = nearest(name, NARROW)
    instead = f"did you mean '{meant}'?" if meant else f"there are {', '.join(NARROW)}"
    raise Rejected(Fault(["query", "types"], f"'{name:.64}' is none; {instead}", "value_error"))
