"""Tokens signed with a shared secret: HS256, and nothing else."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import jwt

from fring_adapters.identity.claims import ACCOUNT_CLAIM, TokenRules, header_of
from fring_core import IssuedToken

if TYPE_CHECKING:
    from fring_core import Identity, Role

MIN_SECRET_BYTES: Final = 32  # RFC 7518, 3.2: a key as long as the hash
DEFAULT_SECONDS: Final = 3600
_RULES: Final = TokenRules()


class SecretTokens:
    """Identify callers by tokens that are signed with a secret, and issue such tokens.

    Those that are issued are valid for `seconds`. Raise `ValueError` for a secret of fewer than
    32 bytes.
    """

    def __init__(
        self, secret: str, rules: TokenRules = _RULES, *, seconds: int = DEFAULT_SECONDS
    ) -> None:
        self._secret = secret.encode()
        self._rules = rules
        self._seconds = seconds
        if len(self._secret) < MIN_SECRET_BYTES:
            raise ValueError(f"a secret needs at least {MIN_SECRET_BYTES} bytes")

    async def identify(self, token: str) -> Identity:
        """Return the caller that a token proves, as `fring_core.Tokens` says."""
        header_of(token)
        return self._rules.identity(token, self._secret, ["HS256"])

    def issue(
        self, subject: str, role: Role | None = None, account: str | None = None
    ) -> IssuedToken:
        """Return a token for a subject, as `fring_core.TokenIssuer` says."""
        now = int(time.time())
        claims = {
            self._rules.subject_claim: subject,
            "iat": now,
            "exp": now + self._seconds,
            "iss": self._rules.issuer,
            "aud": self._rules.audience,
            self._rules.role_claim: role,
            ACCOUNT_CLAIM: account,
        }
        claimed = {name: value for name, value in claims.items() if value is not None}
        token = jwt.encode(claimed, self._secret, algorithm="HS256")
        return IssuedToken(token, self._seconds)
