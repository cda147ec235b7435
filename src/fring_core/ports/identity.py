"""The ports of identity, and the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import attrs

if TYPE_CHECKING:
    from datetime import datetime

    from fring_core.identity import Identity, Role


class Clock(Protocol):
    """Tell the time; a plain function will do."""

    def __call__(self) -> datetime:
        """Return the present moment, in UTC and aware of it."""
        ...


class Tokens(Protocol):
    """Tell who a token was issued to."""

    async def identify(self, token: str) -> Identity:
        """Return the caller that a token proves; raise `Unauthenticated` if it proves none.

        Be quick whatever it is given. MUST NOT wait for more than 2 s for a system other than the
        store.
        """
        ...


@attrs.frozen
class IssuedToken:
    """Hold a token and for how many seconds it is valid; it never shows the token."""

    token: str = attrs.field(repr=False)
    seconds: int


class TokenIssuer(Protocol):
    """Issue tokens."""

    def issue(
        self, subject: str, role: Role | None = None, account: str | None = None
    ) -> IssuedToken:
        """Return a token that `Tokens` will take as this subject, with what else is set."""
        ...


@attrs.frozen
class Verdict:
    """Hold what became of a password: whether it is `right`, and its hash `outdated`."""

    right: bool
    outdated: bool = False


class Passwords(Protocol):
    """Hash passwords, and compare them to hashes."""

    async def hash(self, password: str) -> str:
        """Return a hash with a salt of its own; never the same one twice."""
        ...

    async def verify(self, password: str, password_hash: str | None) -> Verdict:
        """Tell whether a password is the hashed one, in a time that does not tell it too.

        Without a hash the verdict MUST be wrong. It MUST take as long.
        """
        ...
