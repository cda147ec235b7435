"""The router of `/api/v1`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litestar import Router

from fring_http.api.guards import board_guard, guarding, rated
from fring_http.api.rates.policies import NO_RATES
from fring_http.api.reading.bodies import MAX_BODY_BYTES
from fring_http.api.reading.input_guard import input_guard
from fring_http.api.reading.unknown import telling
from fring_http.api.receipts import IDEMPOTENCY_SECONDS, TAKES_KEYS, answering_once
from fring_http.api.refusals.errors import ROUTER_HANDLERS
from fring_http.api.refusals.options import with_options
from fring_http.api.shapes.parameters import BOARD_PATH
from fring_http.api.v1 import tasks, users

if TYPE_CHECKING:
    from fring_core import Fring, Tokens
    from fring_http.api.rates import Rates


def v1_router(
    fring: Fring,
    tokens: Tokens | None = None,
    *,
    strict_input: bool = False,
    require_if_match: bool = False,
    rates: Rates = NO_RATES,
    idempotency_seconds: float = IDEMPOTENCY_SECONDS,
) -> Router:
    """Return `/api/v1` on a Fring, to be part of any Litestar application.

    With `tokens`, each request needs one, and the role it proves decides what may be done. With
    `strict_input`, a body or a query that names what is not known is refused, else that is ignored
    and named in the answer's `Fring-Ignored`. With `require_if_match`, a change of a single user or
    task that does not say which version it is meant for is refused with 428. A request with an
    `Idempotency-Key` is done once in `idempotency_seconds`. `rates` limits how often callers
    may do what.
    """
    return Router(
        "/api/v1",
        route_handlers=with_options([*users.HANDLERS, *tasks.HANDLERS]),
        middleware=[
            guarding(*rated(rates, *([board_guard(tokens)] if tokens else [])), input_guard),
            answering_once(fring, idempotency_seconds),
            telling,
        ],
        opt={
            "secured": tokens is not None,
            "path": BOARD_PATH,
            "strict_input": strict_input,
            "require_if_match": require_if_match,
            TAKES_KEYS: True,
        },
        tags=["board"],
        exception_handlers=ROUTER_HANDLERS,
        request_max_body_size=MAX_BODY_BYTES,
    )
