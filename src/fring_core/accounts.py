"""Accounts: what a store knows of them, and what callers send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from fring_core import text
from fring_core.errors import Problem
from fring_core.identity import Role
from fring_core.values import plain_fields

if TYPE_CHECKING:
    from fring_core.users import User

NEW_PASSWORD: Final = text.TextRule(least=8, most=1024, blank=True)
ANY_PASSWORD: Final = text.TextRule(most=1024, blank=True)


@attrs.frozen
class Credential:
    """Hold a user, the hash of its password, None if it has none, and its role.

    It never shows the hash.
    """

    user: User
    password_hash: str | None = attrs.field(repr=False)
    role: Role = Role.MEMBER


@attrs.frozen(field_transformer=plain_fields)
class Registration:
    """Say which account to create; raise `InvalidInput` as `NewUser`, and for the password.

    Password: 8-1024 characters, of any kind but NUL and lone surrogates.
    """

    username: str
    email: str
    password: str = attrs.field(repr=False)

    def __attrs_post_init__(self) -> None:
        text.reject(
            (
                text.USERNAME.problem("username", self.username),
                text.EMAIL.problem("email", self.email),
                NEW_PASSWORD.problem("password", self.password),
            )
        )


@attrs.frozen(field_transformer=plain_fields)
class Login:
    """Say who wants to log in, by username or by e-mail, one of them; else `InvalidInput`.

    A password that is too short for an account is wrong, not invalid; the most is 1024 characters.
    """

    password: str = attrs.field(repr=False)
    username: str | None = None
    email: str | None = None

    def __attrs_post_init__(self) -> None:
        names = {"username": self.username, "email": self.email}
        given = {field: name for field, name in names.items() if name is not None}
        text.reject(
            (
                None
                if len(given) == 1
                else Problem(
                    "username",
                    "must not stand beside an email" if given else "or an email must be there",
                    "value_error" if given else "missing",
                ),
                *(text.FILTER.problem(field, name) for field, name in given.items()),
                ANY_PASSWORD.problem("password", self.password),
            )
        )


@attrs.frozen(field_transformer=plain_fields)
class PasswordChange:
    """Say which password takes the place of which; raise `InvalidInput` as `Registration`."""

    current_password: str = attrs.field(repr=False)
    new_password: str = attrs.field(repr=False)

    def __attrs_post_init__(self) -> None:
        text.reject(
            (
                ANY_PASSWORD.problem("current_password", self.current_password),
                NEW_PASSWORD.problem("new_password", self.new_password),
            )
        )
