"""Guards: who may pass, decided before a body is read or a database connection is taken."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

from litestar.exceptions import NotFoundException

from fring_core import Action, Unauthenticated
from fring_http.api.exchanges import note
from fring_http.api.rates.callers import CALLER, caller_of
from fring_http.api.refusals.details import NO_TOKEN

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from fring_core import Identity, Tokens
    from fring_http.api.asgi import Application, Event, Middleware, Reader, Writer
    from fring_http.api.rates import Rates

# Given the scope of a request, raises what is answered to one that may not pass. Litestar's own
# guards are given a copy of their handler each time, which takes a sixth of all that is done.
Guard: TypeAlias = "Callable[[Event], Awaitable[None] | None]"
# `/api/auth` and `/api/v2` may come to be something else one day.
RESERVED: Final = re.compile(r"auth|v[0-9]+", re.ASCII)
ME: Final = "me"
IDENTITY: Final = "fring.identity"  # in the scope
READING: Final = ("GET", "HEAD")


def guarding(*guards: Guard) -> Middleware:
    """Return a middleware of Litestar that asks these guards, in their order."""

    def middleware(app: Application) -> Application:
        async def answer(scope: Event, receive: Reader, send: Writer) -> None:
            await _ask(guards, scope)
            await app(scope, receive, send)

        return answer

    return middleware


async def _ask(guards: Sequence[Guard], scope: Event) -> None:
    for guard in guards:
        pending = guard(scope)
        if pending is not None:
            await pending


def bearer(authorization: Sequence[str]) -> str:
    """Return the token in these headers, the first; empty if there is none."""
    for given in authorization:
        scheme, _, token = given.strip().partition(" ")
        if scheme.lower() == "bearer" and token.strip():
            return token.strip()
    return ""


async def _identity(scope: Event, tokens: Tokens) -> Identity:
    """Return who sent a request (RFC 6750, 2.1); raise `Unauthenticated`."""
    given = [
        value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"
    ]
    if len(given) > 1:
        raise Unauthenticated("there is more than one Authorization header", bad_token=True)
    token = bearer(given)
    if not token:
        raise Unauthenticated(NO_TOKEN)
    identity = await tokens.identify(token)
    note(scope, caller=identity.subject)
    scope[CALLER] = identity.subject
    scope[IDENTITY] = identity
    return identity


def board_guard(tokens: Tokens) -> Guard:
    """Return a guard for the shared board: the role must allow what the operation does."""

    async def guard(scope: Event) -> None:
        if scope["method"] == "OPTIONS":
            return
        identity = await _identity(scope, tokens)
        usual = Action.READ if scope["method"] in READING else Action.WRITE_TASKS
        identity.check_may(scope["route_handler"].opt["action"] or usual)

    return guard


def reserved_guard(scope: Event) -> None:
    """Raise 404 for a personal list whose name is reserved, whoever asks."""
    if RESERVED.fullmatch(scope["path_params"]["user_id"]):
        raise NotFoundException


def list_guard(tokens: Tokens) -> Guard:
    """Return a guard for personal lists: the caller must be the one that the path names.

    `me` names the caller, whoever it is: the handler sees its subject in the path's place.
    """

    async def guard(scope: Event) -> None:
        if scope["method"] == "OPTIONS":
            return
        identity = await _identity(scope, tokens)
        if scope["path_params"]["user_id"] == ME:
            # Others, since Litestar keeps these for whoever asks for the same path next.
            scope["path_params"] = scope["path_params"] | {"user_id": identity.subject}
            reserved_guard(scope)
        identity.check_owns(scope["path_params"]["user_id"])

    return guard


def account_guard(tokens: Tokens) -> Guard:
    """Return a guard for what callers do with their own account; it makes them `request.user`."""

    async def guard(scope: Event) -> None:
        if scope["method"] == "OPTIONS":
            return
        identity = await _identity(scope, tokens)
        identity.account_id()
        scope["user"] = identity

    return guard


def rated(rates: Rates, *guards: Guard) -> list[Guard]:
    """Return guards that also count what callers ask for, those whom these guards refuse too."""
    if rates.requests is None and rates.users is None:
        return list(guards)

    async def guard(scope: Event) -> None:
        try:
            await _ask(guards, scope)
        finally:  # what is too often is refused for that
            if rates.requests:
                await rates.requests.spend(scope, *caller_of(scope))
        if rates.users and scope["route_handler"].opt.get("rate") == "users":
            await rates.users.spend(scope, *caller_of(scope))

    return [guard]
