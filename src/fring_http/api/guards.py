"""Guards: who may pass, decided before a body is read or a database connection is taken."""

from __future__ import annotations

import re
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from litestar.exceptions import NotFoundException

from fring_core import Action, Unauthenticated
from fring_http.api.exchanges import note
from fring_http.api.rates.callers import CALLER, caller_of
from fring_http.api.refusals.details import NO_TOKEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler
    from litestar.types import Guard

    from fring_core import Identity, Tokens
    from fring_http.api.rates import Rates

Connection: TypeAlias = "ASGIConnection[Any, Any, Any, Any]"
# `/api/auth` and `/api/v2` may come to be something else one day.
RESERVED: Final = re.compile(r"auth|v[0-9]+", re.ASCII)
ME: Final = "me"
_PASSED: Final = "fring.passed"  # in the scope
READING: Final = ("GET", "HEAD")


def bearer(authorization: Sequence[str]) -> str:
    """Return the token in these headers, the first; empty if there is none."""
    for given in authorization:
        scheme, _, token = given.strip().partition(" ")
        if scheme.lower() == "bearer" and token.strip():
            return token.strip()
    return ""


async def _identity(connection: Connection, tokens: Tokens) -> Identity:
    """Return who sent a request (RFC 6750, 2.1); raise `Unauthenticated`."""
    given = connection.headers.getall("authorization", [])
    if len(given) > 1:
        raise Unauthenticated("there is more than one Authorization header", bad_token=True)
    token = bearer(given)
    if not token:
        raise Unauthenticated(NO_TOKEN)
    identity = await tokens.identify(token)
    note(connection.scope, caller=identity.subject)
    cast("dict[str, Any]", connection.scope)[CALLER] = identity.subject
    return identity


def board_guard(tokens: Tokens) -> Guard:
    """Return a guard for the shared board: the role must allow what the operation does."""

    async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        method = connection.scope.get("method")
        if method == "OPTIONS":
            return
        identity = await _identity(connection, tokens)
        usual = Action.READ if method in READING else Action.WRITE_TASKS
        identity.check_may(handler.opt["action"] or usual)

    return guard


def reserved_guard(connection: Connection, _: BaseRouteHandler) -> None:
    """Raise 404 for a personal list whose name is reserved, whoever asks."""
    if RESERVED.fullmatch(connection.path_params["user_id"]):
        raise NotFoundException


def list_guard(tokens: Tokens) -> Guard:
    """Return a guard for personal lists: the caller must be the one that the path names.

    `me` names the caller, whoever it is: the handler sees its subject in the path's place.
    """

    async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        if connection.scope.get("method") == "OPTIONS":
            return
        identity = await _identity(connection, tokens)
        if connection.path_params["user_id"] == ME:
            # Others, since Litestar keeps these for whoever asks for the same path next.
            own = {"user_id": identity.subject}
            connection.scope["path_params"] = connection.path_params | own
            reserved_guard(connection, handler)
        identity.check_owns(connection.path_params["user_id"])

    return guard


def account_guard(tokens: Tokens) -> Guard:
    """Return a guard for what callers do with their own account; it makes them `request.user`."""

    async def guard(connection: Connection, _: BaseRouteHandler) -> None:
        if connection.scope.get("method") == "OPTIONS":
            return
        identity = await _identity(connection, tokens)
        identity.account_id()
        connection.scope["user"] = identity

    return guard


def rated(rates: Rates, *guards: Guard) -> list[Guard]:
    """Return guards that also count what callers ask for, those whom these guards refuse too."""
    if rates.requests is None and rates.users is None:
        return list(guards)

    async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        scope = connection.scope
        try:
            await _ask(guards, connection, handler)
        finally:  # what is too often is refused for that
            if rates.requests:
                await rates.requests.spend(scope, *caller_of(scope))
        if rates.users and handler.opt.get("rate") == "users":
            await rates.users.spend(scope, *caller_of(scope))

    return [guard]


def once(*guards: Guard) -> list[Guard]:
    """Return a guard that asks these, unless the request has passed it already."""

    async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        if _PASSED not in connection.scope:
            await _ask(guards, connection, handler)

    return [guard]


async def pass_guards(connection: Connection) -> None:
    """Ask the guards of a request now, and not again; raise what they raise."""
    await connection.route_handler.authorize_connection(connection)
    cast("dict[str, Any]", connection.scope)[_PASSED] = True


async def _ask(guards: Sequence[Guard], connection: Connection, handler: BaseRouteHandler) -> None:
    for guard in guards:
        done = guard(connection, handler)
        if isawaitable(done):
            await done
