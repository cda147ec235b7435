"""The application: every route on one Fring. It knows no adapter."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from math import inf
from sys import maxsize
from typing import TYPE_CHECKING, TypeAlias

from litestar import Litestar
from litestar.datastructures import State

from fring_core import Fring
from fring_http.api.documents.meanings import meaning
from fring_http.api.documents.openapi import configuration
from fring_http.api.documents.pages import with_documentation
from fring_http.api.door.cors import matching, with_cors
from fring_http.api.door.door import with_door
from fring_http.api.door.edge import head_as_get
from fring_http.api.door.exchanging import Exchanges
from fring_http.api.door.limits import Limits
from fring_http.api.door.lingering import lingering
from fring_http.api.door.origins import origin
from fring_http.api.door.outages import Outages
from fring_http.api.health import health, live, ready_route
from fring_http.api.meta import metadata
from fring_http.api.personal import personal_router
from fring_http.api.rates.policies import NO_RATES
from fring_http.api.receipts import IDEMPOTENCY_SECONDS
from fring_http.api.refusals.errors import HAS_ACCOUNTS
from fring_http.api.refusals.problems import APPLICATION_HANDLERS
from fring_http.api.v1 import auth_router, v1_router
from fring_http.api.v2 import v2_router

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fring_core import Tokens
    from fring_http.api.asgi import Application
    from fring_http.api.health import Objections
    from fring_http.api.rates import Rates
    from fring_http.api.v2.following import Follower

Lifespan: TypeAlias = (
    AbstractAsyncContextManager[object] | Callable[[Litestar], AbstractAsyncContextManager[object]]
)


def _check(fring: object, tokens: object) -> None:
    """Raise `TypeError` at once, where else each request would be a 500."""
    if not isinstance(fring, Fring):
        raise TypeError(f"fring must be a Fring: Fring(store, clock=utc_now), not {fring!r:.100}")
    if tokens is not None and not hasattr(tokens, "identify"):
        raise TypeError("tokens must be Tokens: SecretTokens(secret) or JwksTokens(url)")


def create_app(
    fring: Fring,
    *,
    tokens: Tokens | None = None,
    registration: bool = True,
    cors_origins: Sequence[str] | None = None,
    strict_input: bool = False,
    require_if_match: bool = False,
    idempotency_seconds: float = IDEMPOTENCY_SECONDS,
    objections: Objections | None = None,
    request_seconds: float | None = None,
    max_requests: int | None = None,
    rates: Rates = NO_RATES,
    follower: Follower | None = None,
    webhook_private: bool = False,
    lifespan: Sequence[Lifespan] = (),
) -> Application:
    """Return the ASGI application that serves a Fring.

    With `tokens`, each request to `/api` needs one; without, anybody may do anything. If the Fring
    has accounts, users can log in for tokens, which end with the account, and register, unless
    `registration` is off; one without an `issuer` has none. `cors_origins` names the origins that browsers may call from, with
    credentials (None: any port of localhost, 127.0.0.1 and [::1]); pages of others may not write
    without a token. `strict_input` refuses bodies and queries that name what is not known,
    `require_if_match` changes of a single user or task that do not say which version they mean.
    Requests with the same `Idempotency-Key` are one within `idempotency_seconds`.
    `objections` returns what speaks against sending callers here, for `/health/ready` to tell.
    A request that takes longer than `request_seconds`, and one that comes when `max_requests` are at
    work, is answered with 503, but for those that ask for health or for no part of the API.
    `rates` limits how often callers may do what: 429. `follower` reads the feed for all that wait
    for it (None: one of its own). `webhook_private` lets webhooks lead to networks of one's own.
    `lifespan` holds what is to be open while the application runs, such as the store, or functions
    that return it, given the application: only with these can it run twice. Raise `ValueError` for
    what is no origin, and `TypeError` for what is no Fring or no tokens.

    `Host` is not looked at: that is the server's business, which knows where it is reached.
    """
    _check(fring, tokens)
    accounts = fring.accounts if fring.has_accounts else None
    if tokens and accounts:
        tokens = accounts.checking(tokens)
    may_call = matching(None if cors_origins is None else map(origin, cors_origins))
    auth = (
        [
            auth_router(
                accounts,
                tokens,
                registration=registration,
                strict_input=strict_input,
                rates=rates,
            )
        ]
        if accounts
        else []
    )
    app = Litestar(
        route_handlers=[
            *(
                router(
                    fring,
                    tokens,
                    strict_input=strict_input,
                    require_if_match=require_if_match,
                    rates=rates,
                    idempotency_seconds=idempotency_seconds,
                )
                for router in (v1_router, personal_router)
            ),
            v2_router(
                fring,
                tokens,
                require_if_match=require_if_match,
                rates=rates,
                idempotency_seconds=idempotency_seconds,
                follower=follower,
                webhook_private=webhook_private,
            ),
            *auth,
            health,
            live,
            ready_route() if objections is None else ready_route(objections),
            metadata,
            meaning,
        ],
        exception_handlers=APPLICATION_HANDLERS,
        state=State({HAS_ACCOUNTS: accounts is not None}),
        logging_config=None,  # logging belongs to whoever runs the application
        openapi_config=with_documentation(configuration()),
        lifespan=list(lifespan),
    )
    answering = head_as_get(app)
    if request_seconds is not None or max_requests is not None:
        limits = Limits(request_seconds or inf, max_requests or maxsize)
        answering = limits.around(answering)
    inner = lingering(with_cors(with_door(answering, may_call), may_call))
    return Exchanges(Outages()).around(inner)
