"""Accounts on `/api/v1/auth`: register with a password, log in for a token, look after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Request, Router, delete, get, post
from litestar.di import NamedDependency, Provide
from msgspec import Struct

from fring_core import (
    Accounts,
    AccountToken,
    Credential,
    EmailTaken,
    Forbidden,
    Identity,
    Login,
    PasswordChange,
    Registration,
    Role,
    Unauthenticated,
    UsernameTaken,
)
from fring_http.errors import ROUTER_HANDLERS
from fring_http.guards import account_guard
from fring_http.operations import Refusals, operation
from fring_http.reading import MAX_BODY_BYTES, read_body
from fring_http.v1.schemas import User

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litestar.handlers import HTTPRouteHandler

    from fring_core import Tokens

Service = NamedDependency[Accounts]
Call = Request[Any, Any, Any]
OwnCall = Request[Identity, Any, Any]

REGISTER: Final[Refusals] = {
    400: {UsernameTaken: "Already existing username", EmailTaken: "Already existing email"}
}
LOG_IN: Final[Refusals] = {401: {Unauthenticated: "Invalid credentials"}}


class NewAccount(Struct):
    """Take an account to create."""

    username: str
    email: str
    password: str


class Credentials(Struct):
    """Take a login: a password, and a username or an email."""

    password: str
    username: str | None = None
    email: str | None = None


class Passwords(Struct):
    """Take a change of password."""

    current_password: str
    new_password: str


class AccessToken(Struct):
    """Give a token, how many seconds it is valid, and whose it is."""

    access_token: str
    expires_in: int
    user_id: int
    token_type: str = "bearer"  # noqa: S105  # a kind of token, RFC 6750

    @classmethod
    def of(cls, issued: AccountToken) -> AccessToken:
        """Return what is shown of a token that was issued."""
        return cls(issued.token, issued.seconds, issued.user_id)


class Account(User, gc=False):
    """Show a user to itself, with its role."""

    role: Role

    @classmethod
    def of_own(cls, account: Credential) -> Account:
        """Return what is shown of an account."""
        user = account.user
        return cls(user.id, user.username, user.email, user.created_at, account.role)


@post("/register", opt=operation(body=NewAccount, errors=REGISTER))
async def register(accounts: Service, request: Call) -> User:
    """Create a user with a password."""
    body = await read_body(request, NewAccount)
    registration = Registration(body.username, body.email, body.password)
    return User.of(await accounts.register(registration))


@post("/login", status_code=200, opt=operation(body=Credentials, errors=LOG_IN))
async def log_in(accounts: Service, request: Call) -> AccessToken:
    """Exchange a password for a token whose subject is the user's id."""
    body = await read_body(request, Credentials)
    login = Login(body.password, body.username, body.email)
    return AccessToken.of(await accounts.log_in(login))


@post("/register", include_in_schema=False, opt=operation())
async def refuse_registration() -> None:
    """Refuse, where registration is switched off."""
    raise Forbidden("Registration is switched off: ask whoever runs this server for an account")


@post("/logout", status_code=204, opt=operation())
async def log_out() -> None:
    """Agree that the client forgets its token; nothing is kept of it here that could end."""


@get("/me", opt=operation())
async def get_own_account(accounts: Service, request: OwnCall) -> Account:
    """Get the caller's own user, and its role."""
    return Account.of_own(await accounts.account_of(request.user))


@delete("/me", opt=operation())
async def delete_own_account(accounts: Service, request: OwnCall) -> None:
    """Delete the caller's own user, with its personal list and its tokens."""
    await accounts.delete_account(request.user)


@post("/change-password", status_code=200, opt=operation(body=Passwords))
async def change_password(accounts: Service, request: OwnCall) -> AccessToken:
    """Change the caller's own password; all tokens end but the new one in the answer."""
    body = await read_body(request, Passwords)
    change = PasswordChange(body.current_password, body.new_password)
    return AccessToken.of(await accounts.change_password(request.user, change))


def _secured(handlers: Sequence[HTTPRouteHandler], tokens: Tokens) -> Router:
    guards = [account_guard(tokens)]
    return Router("/", route_handlers=handlers, guards=guards, opt={"secured": True})


def auth_router(
    accounts: Accounts, tokens: Tokens | None = None, *, registration: bool = True
) -> Router:
    """Return `/api/v1/auth`, to be part of any Litestar application.

    With `tokens`, such as `accounts.checking(…)` returns, callers can look after their accounts.
    Without `registration`, nobody can register.
    """
    everybodys = [register if registration else refuse_registration, log_in, log_out]
    own = [get_own_account, delete_own_account, change_password]
    return Router(
        "/api/v1/auth",
        route_handlers=[*everybodys, *([_secured(own, tokens)] if tokens else [])],
        dependencies={"accounts": Provide(lambda: accounts, sync_to_thread=False)},
        opt={"secured": False, "path": {}},
        exception_handlers=ROUTER_HANDLERS,
        request_max_body_size=MAX_BODY_BYTES,
    )
