"""Tokens signed with a shared secret: HS256, and nothing else."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import jwt

from fring_adapters.identity.claims import TokenRules, header_of

if TYPE_CHECKING:
    from fring_core import Identity, Role

MIN_SECRET_BYTES: Final = 32  # RFC 7518, 3.2: a key as long as the hash
_RULES: Final = TokenRules()


class SecretTokens:
    """Identify callers by tokens that are signed with a secret, and issue such tokens.

    Raise `ValueError` for a secret of fewer than 32 bytes.
    """

    def __init__(self, secret: str, rules: TokenRules = _RULES) -> None:
        self._secret = secret.encode()
        self._rules = rules
        if len(self._secret) < MIN_SECRET_BYTES:
            raise ValueError(f"a secret needs at least {MIN_SECRET_BYTES} bytes")

    async def identify(self, token: str) -> Identity:
        """Return the caller that a token proves, as `fring_core.Tokens` says."""
        header_of(token)
        return self._rules.identity(token, self._secret, ["HS256"])

    def issue(self, subject: str, *, seconds: int, role: Role | None = None) -> str:
        """Return a token for a subject, valid from now for so many seconds."""
        now = int(time.time())
        claims = {
            "sub": subject,
            "iat": now,
            "exp": now + seconds,
            "iss": self._rules.issuer,
            "aud": self._rules.audience,
            self._rules.role_claim: role,
        }
        claimed = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(claimed, self._secret, algorithm="HS256")
