"""Accounts on `/api/v1/auth`: register with a password, log in for a token."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final

from litestar import Request, Response, Router, post
from litestar.di import NamedDependency, Provide
from msgspec import Struct

from fring_core import (
    Accounts,
    EmailTaken,
    Login,
    Registration,
    Unauthenticated,
    UsernameTaken,
    text,
)
from fring_core.accounts import ANY_PASSWORD, NEW_PASSWORD
from fring_http.errors import ROUTER_HANDLERS
from fring_http.input_guard import input_guard
from fring_http.json_schema import Body, said
from fring_http.openapi_parameters import BOARD_PATH
from fring_http.operations import LOCATION, Refusals, operation
from fring_http.options import with_options
from fring_http.reading import MAX_BODY_BYTES, read_body
from fring_http.references import created
from fring_http.unknown import telling
from fring_http.v1.schemas import User

REGISTER: Final[Refusals] = {
    400: {UsernameTaken: "Already existing username", EmailTaken: "Already existing email"}
}
LOG_IN: Final[Refusals] = {401: {Unauthenticated: "Invalid credentials"}}


PASSWORD: Final = "correct horse battery staple"  # noqa: S105  # an example


class NewAccount(Body):
    """Take an account to create."""

    examples: ClassVar = {
        "An account": {"username": "bob", "email": "bob@example.com", "password": PASSWORD}
    }

    username: Annotated[str, said(text.USERNAME)]
    email: Annotated[str, said(text.EMAIL)]
    password: Annotated[str, said(NEW_PASSWORD)]


class Credentials(Body):
    """Take a login: a password, and a username or an email, one of them."""

    one_of: ClassVar = ("username", "email")
    examples: ClassVar = {
        "By username": {"username": "bob", "password": PASSWORD},
        "By e-mail": {"email": "bob@example.com", "password": PASSWORD},
    }

    password: Annotated[str, said(ANY_PASSWORD)]
    username: Annotated[str, said(text.FILTER)] | None = None
    email: Annotated[str, said(text.FILTER)] | None = None


class AccessToken(Struct):
    """Give a token, and how many seconds it is valid."""

    access_token: str
    expires_in: int
    token_type: str = "bearer"  # noqa: S105  # a kind of token, RFC 6750


@post(
    "/register",
    opt=operation(body=NewAccount, errors=REGISTER),
    response_description="The user that was created.",
    response_headers=[LOCATION],
)
async def register(
    accounts: NamedDependency[Accounts], request: Request[Any, Any, Any]
) -> Response[User]:
    """Register an account.

    It is a user with a password, and an id that the server chooses.
    """
    body = await read_body(request, NewAccount)
    registration = Registration(body.username, body.email, body.password)
    user = User.of(await accounts.register(registration))
    return created(request, user, request.scope["path"].removesuffix("/auth/register") + "/users")


@post(
    "/login",
    status_code=200,
    opt=operation(body=Credentials, errors=LOG_IN),
    response_description="The token.",
)
async def log_in(
    accounts: NamedDependency[Accounts], request: Request[Any, Any, Any]
) -> AccessToken:
    """Log in.

    The answer holds a token, whose subject is the user's id.
    """
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
        opt={"secured": False, "path": BOARD_PATH, "strict_input": strict_input},
        tags=["accounts"],
        exception_handlers=ROUTER_HANDLERS,
        request_max_body_size=MAX_BODY_BYTES,
    )
