"""Accounts on `/api/v1/auth`: register with a password, log in for a token."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, Router, post
from litestar.di import NamedDependency, Provide
from msgspec import Struct

from fring_core import (
    Accounts,
    EmailTaken,
    Login,
    Registration,
    Unauthenticated,
    UsernameTaken,
)
from fring_http.errors import ROUTER_HANDLERS
from fring_http.operations import Refusals, operation
from fring_http.options import with_options
from fring_http.parameters import input_guard
from fring_http.reading import MAX_BODY_BYTES, read_body
from fring_http.unknown import telling
from fring_http.v1.schemas import User

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


class AccessToken(Struct):
    """Give a token, and how many seconds it is valid."""

    access_token: str
    expires_in: int
    token_type: str = "bearer"  # noqa: S105  # a kind of token, RFC 6750


@post("/register", opt=operation(body=NewAccount, errors=REGISTER))
async def register(accounts: NamedDependency[Accounts], request: Request[Any, Any, Any]) -> User:
    """Create a user with a password."""
    body = await read_body(request, NewAccount)
    registration = Registration(body.username, body.email, body.password)
    return User.of(await accounts.register(registration))


@post("/login", status_code=200, opt=operation(body=Credentials, errors=LOG_IN))
async def log_in(
    accounts: NamedDependency[Accounts], request: Request[Any, Any, Any]
) -> AccessToken:
    """Exchange a password for a token whose subject is the user's id."""
    body = await read_body(request, Credentials)
    issued = await accounts.log_in(Login(body.password, body.username, body.email))
    return AccessToken(issued.token, issued.seconds)


def auth_router(accounts: Accounts, *, strict_input: bool = False) -> Router:
    """Return `/api/v1/auth`, to be part of any Litestar application; `strict_input` as in v1."""
    return Router(
        "/api/v1/auth",
        route_handlers=with_options([register, log_in]),
        dependencies={"accounts": Provide(lambda: accounts, sync_to_thread=False)},
        guards=[input_guard],
        middleware=[telling],
        opt={"secured": False, "path": {}, "strict_input": strict_input},
        exception_handlers=ROUTER_HANDLERS,
        request_max_body_size=MAX_BODY_BYTES,
    )
