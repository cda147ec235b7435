"""Accounts on `/api/v1/auth`: register with a password, log in for a token, look after it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final, cast

from litestar import Request, Response, Router, delete, get, post
from litestar.di import NamedDependency, Provide

from fring_core import (
    Accounts,
    EmailTaken,
    Forbidden,
    Identity,
    Unauthenticated,
    UsernameTaken,
)
from fring_http.api.acting import PLACE, acting, positioning
from fring_http.api.exchanges import note
from fring_http.api.guards import account_guard, guarding, rated
from fring_http.api.rates.policies import NO_RATES
from fring_http.api.reading.bodies import MAX_BODY_BYTES, read_body
from fring_http.api.reading.input_guard import input_guard
from fring_http.api.reading.unknown import telling
from fring_http.api.references import created
from fring_http.api.refusals.errors import ROUTER_HANDLERS
from fring_http.api.refusals.options import with_options
from fring_http.api.shapes.operations import LOCATION, Refusals, operation
from fring_http.api.shapes.parameters import BOARD_PATH
from fring_http.api.tags import version_tag
from fring_http.api.v1.account_schemas import AccessToken, Account, Login, NewAccount, NewPassword
from fring_http.api.v1.attempts import Attempts
from fring_http.api.v1.schemas import User

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litestar.handlers import HTTPRouteHandler

    from fring_core import Tokens
    from fring_http.api.guards import Guard
    from fring_http.api.rates import Rates

_security = logging.getLogger("fring.security")
Service = NamedDependency[Accounts]
Tries = NamedDependency[Attempts]
Call = Request[Any, Any, Any]
OwnCall = Request[Identity, Any, Any]

REGISTER: Final[Refusals] = {
    400: {UsernameTaken: "Already existing username", EmailTaken: "Already existing email"}
}
LOG_IN: Final[Refusals] = {401: {Unauthenticated: "Invalid credentials"}}


@post(
    "/register",
    opt=operation(body=NewAccount, errors=REGISTER, tagged=True),
    response_description="The user that was created.",
    response_headers=[LOCATION],
)
async def register(accounts: Service, attempts: Tries, request: Call) -> Response[User]:
    """Register an account.

    It is a user with a password, and an id that the server chooses.
    """
    new = (await read_body(request, NewAccount)).to_core()
    async with attempts.registering(request.scope):
        user = await accounts.register(new)
    note(request.scope, caller=str(user.id))
    _security.info("registered: user %d", user.id)
    users = request.scope["path"].removesuffix("/auth/register") + "/users"
    return created(request, User.of(user), version_tag(user.version), users)


@post("/register", include_in_schema=False, opt=operation(body=NewAccount))
async def refuse_registration() -> None:
    """Refuse, where registration is switched off."""
    raise Forbidden("Registration is switched off: ask whoever runs this server for an account")


@post(
    "/login",
    status_code=200,
    opt=operation(body=Login, errors=LOG_IN),
    response_description="The token.",
)
async def log_in(accounts: Service, attempts: Tries, request: Call) -> AccessToken:
    """Log in.

    The answer holds a token, whose subject is the user's id.
    """
    login = (await read_body(request, Login)).to_core()
    account = f"email {login.email}" if login.username is None else f"username {login.username}"
    async with attempts.logging_in(request.scope, account):
        token = AccessToken.of(await accounts.log_in(login))
    note(request.scope, caller=str(token.user_id))
    _security.info("signed in: user %s", token.user_id)
    return token


@post("/logout", status_code=204, opt=operation(), response_description="Agreed.")
async def log_out() -> None:
    """Log out.

    The client forgets its token; nothing is kept of it here that could end.
    """


@get("/me", opt=operation(), response_description="The caller's user, and its role.")
async def get_own_account(accounts: Service, request: OwnCall) -> Account:
    """Get one's own account."""
    return Account.of_own(await accounts.account_of(request.user))


@delete("/me", opt=operation(), response_description="The account is gone.")
async def delete_own_account(accounts: Service, request: OwnCall) -> None:
    """Delete one's own account.

    Its personal list goes with it, and its tokens end.
    """
    await accounts.delete_account(request.user)
    _security.info("account deleted: user %s", request.user.subject)


@post(
    "/change-password",
    status_code=200,
    opt=operation(body=NewPassword),
    response_description="A new token.",
)
async def change_password(accounts: Service, attempts: Tries, request: OwnCall) -> AccessToken:
    """Change one's own password.

    All tokens of the account end, but the new one in the answer.
    """
    change = (await read_body(request, NewPassword)).to_core()
    async with attempts.logging_in(request.scope, f"id {request.user.subject}"):
        token = AccessToken.of(await accounts.change_password(request.user, change))
    _security.info("password changed, older tokens are over: user %s", token.user_id)
    return token


def auth_router(
    accounts: Accounts,
    tokens: Tokens | None = None,
    *,
    registration: bool = True,
    strict_input: bool = False,
    rates: Rates = NO_RATES,
) -> Router:
    """Return `/api/v1/auth`, to be part of any Litestar application.

    With `tokens`, such as `accounts.checking(…)` returns, callers can look after their accounts.
    Without `registration`, nobody can register. `strict_input` and `rates` as in v1.
    """
    open_to_all = [register if registration else refuse_registration, log_in, log_out]
    attempts = Attempts(rates)

    def of_caller(request: Call) -> Accounts:
        scope = cast("dict[str, Any]", request.scope)
        return acting(accounts, scope, scope[PLACE])

    own = [get_own_account, delete_own_account, change_password] if tokens else []
    return Router(
        "/api/v1/auth",
        route_handlers=[
            _part(open_to_all, rated(rates), secured=False),
            *([_part(own, rated(rates, account_guard(tokens)), secured=True)] if tokens else []),
        ],
        dependencies={
            "accounts": Provide(of_caller, sync_to_thread=False),
            "attempts": Provide(lambda: attempts, sync_to_thread=False),
        },
        opt={"path": BOARD_PATH, "strict_input": strict_input},
        tags=["accounts"],
        exception_handlers=ROUTER_HANDLERS,
        request_max_body_size=MAX_BODY_BYTES,
    )


def _part(
    handlers: Sequence[HTTPRouteHandler], guards: Sequence[Guard], *, secured: bool
) -> Router:
    return Router(
        "/",
        route_handlers=with_options(handlers),
        middleware=[guarding(*guards, input_guard), positioning, telling],
        opt={"secured": secured},
    )
