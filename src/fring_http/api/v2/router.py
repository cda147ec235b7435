"""The router of `/api/v2`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Router

from fring_core import CursorExpired
from fring_http.api.guards import board_guard, guarding, rated
from fring_http.api.rates.policies import NO_RATES
from fring_http.api.reading.bodies import MAX_BODY_BYTES
from fring_http.api.reading.input_guard import LAST_COUNTS, input_guard
from fring_http.api.receipts import IDEMPOTENCY_SECONDS, TAKES_KEYS, answering_once
from fring_http.api.refusals.options import with_options
from fring_http.api.refusals.problems import PROBLEM_HANDLERS, PROBLEMS
from fring_http.api.shapes.parameters import V2_PATH
from fring_http.api.v2 import deliveries, tasks
from fring_http.api.v2.events import NotYet, event_handlers, expired, not_yet
from fring_http.api.v2.following import Follower
from fring_http.api.v2.webhooks import webhook_handlers

if TYPE_CHECKING:
    from fring_core import Fring, Tokens
    from fring_http.api.rates import Rates


def v2_router(
    fring: Fring,
    tokens: Tokens | None = None,
    *,
    require_if_match: bool = False,
    rates: Rates = NO_RATES,
    idempotency_seconds: float = IDEMPOTENCY_SECONDS,
    follower: Follower | None = None,
    webhook_private: bool = False,
) -> Router:
    """Return `/api/v2` on a Fring, to be part of any Litestar application.

    What is not known, in a body or a query, is refused, and errors are problems (RFC 9457).
    `follower` is who reads the feed for all that wait, None for one of its own. Webhooks lead to
    public addresses, to those of a network of one's own as well if `webhook_private` says so. The
    rest is as in `v1_router`.
    """
    guard: Any = None if tokens is None else board_guard(tokens)
    return Router(
        "/api/v2",
        route_handlers=with_options(
            [
                *event_handlers(fring, follower or Follower(fring), guard),
                *tasks.HANDLERS,
                *webhook_handlers(private=webhook_private),
                *deliveries.HANDLERS,
            ]
        ),
        middleware=[
            guarding(*rated(rates, *([guard] if guard else [])), input_guard),
            answering_once(fring, idempotency_seconds),
        ],
        opt={
            "secured": tokens is not None,
            "path": V2_PATH,
            "strict_input": True,
            "require_if_match": require_if_match,
            LAST_COUNTS: True,
            PROBLEMS: True,
            TAKES_KEYS: True,
        },
        exception_handlers={**PROBLEM_HANDLERS, NotYet: not_yet, CursorExpired: expired},
        request_max_body_size=MAX_BODY_BYTES,
    )
