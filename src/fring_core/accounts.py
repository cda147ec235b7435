"""Accounts: users with a password, and how they come to be and to log in.

Passwords themselves are seen here only to be handed to the `Passwords` port; what is kept is
that port's hash, apart from the user, so that nothing that shows a user can show it.

An account's token is good for as long as the account has the hash that it was issued for. No two
hashes are alike, so a token outlives neither its account nor its password, whoever comes to have
the same id.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import attrs

from fring_core import text
from fring_core.clocks import in_utc
from fring_core.errors import Problem, Unauthenticated
from fring_core.users import NewUser
from fring_core.values import plain_fields

if TYPE_CHECKING:
    from fring_core.identity import Identity
    from fring_core.ports import (
        Clock,
        Credentials,
        IssuedToken,
        Passwords,
        Store,
        TokenIssuer,
        Tokens,
    )
    from fring_core.users import User

NEW_PASSWORD: Final = text.TextRule(least=8, most=1024, blank=True)
ANY_PASSWORD: Final = text.TextRule(most=1024, blank=True)
_USER_ID: Final = re.compile("[1-9][0-9]{0,18}")


@attrs.frozen
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
                    "or an email, one of them, must be there",
                    "value_error" if given else "missing",
                ),
                *(text.FILTER.problem(field, name) for field, name in given.items()),
                ANY_PASSWORD.problem("password", self.password),
            )
        )


class Accounts:
    """Register accounts and log them in."""

    def __init__(
        self, store: Store, *, passwords: Passwords, issuer: TokenIssuer, clock: Clock
    ) -> None:
        self._store = store
        self._issuer = issuer
        self._passwords = passwords
        self._clock = clock

    async def register(self, registration: Registration) -> User:
        """Create a user with a password; raise `UsernameTaken` or `EmailTaken`."""
        password_hash = await self._passwords.hash(registration.password)
        new = NewUser(registration.username, registration.email)
        return await self._store.users.add(new, in_utc(self._clock()), password_hash)

    async def log_in(self, login: Login) -> IssuedToken:
        """Return a token for the user whose password this is; raise `Unauthenticated`.

        The token's subject is the user's id as a text; it names no role. An unknown user takes
        as long as a wrong password, so that the time tells nothing. A hash of an older kind or
        cost is replaced by a new one, which ends the tokens that were issued for it.
        """
        found = await self._store.credentials.find(login.username, login.email)
        kept = None if found is None else found.password_hash
        verdict = await self._passwords.verify(login.password, kept)
        if found is None or kept is None or not verdict.right:
            raise Unauthenticated("Invalid credentials")
        if verdict.outdated:
            kept = await self._passwords.hash(login.password)
            if not await self._store.credentials.replace(found, kept):
                return await self.log_in(login)  # it is another by now, or gone
        return self._issuer.issue(str(found.user.id), account=_mark(kept))

    def checking(self, tokens: Tokens) -> Tokens:
        """Return `tokens` that take an account's only while the account has that password."""
        return _AccountTokens(tokens, self._store.credentials)


@attrs.frozen
class _AccountTokens:
    _tokens: Tokens
    _credentials: Credentials

    async def identify(self, token: str) -> Identity:
        """Return the caller that a token proves; raise `Unauthenticated` if its account is gone."""
        identity = await self._tokens.identify(token)
        if identity.account is None:
            return identity
        kept = None
        if _USER_ID.fullmatch(identity.subject):
            kept = await self._credentials.hash_of(int(identity.subject))
        if kept is None or _mark(kept) != identity.account:
            raise Unauthenticated("its account is gone, or has another password", bad_token=True)
        return attrs.evolve(identity, account=None)


def _mark(password_hash: str) -> str:
    """Return what names a hash without telling it."""
    return sha256(password_hash.encode()).hexdigest()[:32]
