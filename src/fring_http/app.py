"""The application: every route on one Fring. It knows no adapter."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, TypeAlias

from litestar import Litestar
from litestar.config.cors import CORSConfig

from fring_http.documentation import with_documentation
from fring_http.door import with_door
from fring_http.edge import Application, head_as_get
from fring_http.errors import HANDLERS
from fring_http.meta import health, metadata
from fring_http.openapi import configuration
from fring_http.parsers import origin
from fring_http.personal import personal_router
from fring_http.v1 import auth_router, v1_router

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fring_core import Accounts, Fring, Tokens

Lifespan: TypeAlias = (
    AbstractAsyncContextManager[object] | Callable[[Litestar], AbstractAsyncContextManager[object]]
)
LOCAL_ORIGINS = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?"


def create_app(
    fring: Fring,
    *,
    tokens: Tokens | None = None,
    accounts: Accounts | None = None,
    registration: bool = True,
    cors_origins: Sequence[str] | None = None,
    lifespan: Sequence[Lifespan] = (),
) -> Application:
    """Return the ASGI application that serves a Fring.

    With `tokens`, each request to `/api` needs one; without, anybody may do anything. With
    `accounts`, users can register, unless `registration` is off, and log in for tokens, which end
    with the account.
    `cors_origins` names the origins that browsers may call from, with credentials (None: any port
    of localhost, 127.0.0.1 and [::1]); pages of others may not write without a token. `lifespan`
    holds what is to be open while the application runs, such as the store, or functions that return
    it, given the application: only with these can it run twice. Raise `ValueError` for what is no
    origin.

    `Host` is not looked at: that is the server's business, which knows where it is reached.
    """
    if tokens and accounts:
        tokens = accounts.checking(tokens)
    cors = CORSConfig(
        allow_origins=[origin(each) for each in cors_origins or ()],
        allow_origin_regex=LOCAL_ORIGINS if cors_origins is None else None,
        allow_credentials=True,
        expose_headers=["Link", "Retry-After", "WWW-Authenticate"],
    )
    app = Litestar(
        route_handlers=[
            v1_router(fring, tokens),
            personal_router(fring, tokens),
            *([auth_router(accounts, tokens, registration=registration)] if accounts else []),
            health,
            metadata,
        ],
        exception_handlers=HANDLERS,
        cors_config=cors,
        logging_config=None,  # logging belongs to whoever runs the application
        openapi_config=with_documentation(configuration()),
        lifespan=list(lifespan),
    )
    return with_door(head_as_get(app), cors.is_origin_allowed)
