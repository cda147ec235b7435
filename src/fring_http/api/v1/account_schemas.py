"""What `/api/v1/auth` sends and takes, field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Final

from msgspec import Struct

import fring_core as core
from fring_core import Role, text
from fring_core.accounts import ANY_PASSWORD, NEW_PASSWORD
from fring_http.api.shapes.json_schema import Body, Id, said, sample
from fring_http.api.v1.schemas import User

if TYPE_CHECKING:
    from fring_core import AccountToken, Credential

PASSWORD: Final = "correct horse battery staple"  # noqa: S105  # an example


class NewAccount(Body):
    """Take an account to create."""

    examples: ClassVar = {
        "An account": {"username": "bob", "email": "bob@example.com", "password": PASSWORD}
    }

    username: Annotated[str, said(text.USERNAME)]
    email: Annotated[str, said(text.EMAIL)]
    password: Annotated[str, said(NEW_PASSWORD)]

    def to_core(self) -> core.Registration:
        """Return the account to create; raise `InvalidInput`."""
        return core.Registration(self.username, self.email, self.password)


class Login(Body):
    """Take a login: a password, and a username or an email, one of them."""

    one_of: ClassVar = ("username", "email")
    examples: ClassVar = {
        "By username": {"username": "bob", "password": PASSWORD},
        "By e-mail": {"email": "bob@example.com", "password": PASSWORD},
    }

    password: Annotated[str, said(ANY_PASSWORD)]
    username: Annotated[str, said(text.FILTER)] | None = None
    email: Annotated[str, said(text.FILTER)] | None = None

    def to_core(self) -> core.Login:
        """Return the login; raise `InvalidInput`."""
        return core.Login(self.password, self.username, self.email)


class NewPassword(Body):
    """Take a change of password."""

    examples: ClassVar = {
        "Another": {"current_password": PASSWORD, "new_password": "staple battery horse correct"}
    }

    current_password: Annotated[str, said(ANY_PASSWORD)]
    new_password: Annotated[str, said(NEW_PASSWORD)]

    def to_core(self) -> core.PasswordChange:
        """Return the change; raise `InvalidInput`."""
        return core.PasswordChange(self.current_password, self.new_password)


class AccessToken(Struct):
    """Give a token, how many seconds it is valid, and whose it is."""

    access_token: str
    expires_in: int
    user_id: Id
    token_type: Annotated[str, sample("bearer")] = "bearer"  # noqa: S105  # a kind, RFC 6750

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
