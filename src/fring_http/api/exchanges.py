"""A request and its answer, as the server tells of them: an id, a route, a caller, a status.

`fring_http.api.door.exchanging`, the outermost layer, makes one for each request. What is further
in finds it in the scope, and notes what only it knows.
"""

from __future__ import annotations

from contextvars import ContextVar
from math import inf
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

EXCHANGE: Final = "fring.exchange"  # in the scope

current: ContextVar[Exchange | None] = ContextVar("fring.exchange", default=None)


class Exchange(msgspec.Struct, eq=False, gc=False):
    """Hold what is known of a request and its answer.

    `route` is the template of its path, empty if it has none; `caller` the subject of its token.
    `client` is its address. `unavailable` is why it was answered with 503, `limited`
    the limit on rates that it was beyond, and `is_work` whether it
    is about users, tasks or accounts. `seconds` are of a clock that never jumps, and
    `ended_at`, seconds since 1970, of one that may.
    It `is_left` once its reader has been given up.
    It `works_since` a time of the former: not while it waits for its body.
    """

    method: str
    client: str
    id: str
    trace: str = ""
    route: str = ""
    caller: str = ""
    status: int = 0
    sent: int = 0
    seconds: float = 0.0
    unavailable: str = ""
    limited: str = ""
    is_work: bool = False
    ended_at: float = 0.0
    works_since: float = inf
    is_left: bool = False


Observer: TypeAlias = "Callable[[Exchange], None]"


def note(scope: Mapping[str, Any], **found: str | bool | float) -> None:
    """Note what is known of the exchange of a scope, if anybody tells of it."""
    if exchange := scope.get(EXCHANGE):
        for name, value in found.items():
            setattr(exchange, name, value)
