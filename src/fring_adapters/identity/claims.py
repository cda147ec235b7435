"""What a token must say, whichever key signed it (RFC 7519, RFC 8725)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import attrs
import jwt

from fring_core import Identity, Role, Unauthenticated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jwt import PyJWK

MAX_TOKEN_BYTES: Final = 8192
LEEWAY_SECONDS: Final = 30
# Better Auth calls its members users.
_ROLES: Final = {role.value: role for role in Role} | {"user": Role.MEMBER}
SUBJECT: Final = "sub"
ACCOUNT_CLAIM: Final = "fring_account"  # no issuer's but Fring's own
# What these say is no matter of who somebody is.
RESERVED_CLAIMS: Final = frozenset({"exp", "nbf", "iat", "iss", "aud", "jti", ACCOUNT_CLAIM})
LAST_MOMENT: Final = 253_402_300_799  # the end of the year 9999: no clock shows more


def refused(reason: str) -> Unauthenticated:
    """Return the error for a token that proves nothing.

    Part of the reason may be the token's own words, which must not begin a line in a log.
    """
    if not reason.isprintable():
        reason = reason.encode("unicode_escape").decode()
    return Unauthenticated(reason, bad_token=True)


@attrs.frozen(kw_only=True)
class TokenRules:
    """Say what tokens must claim.

    `issuer` and `audience` are compared if they are set; `max_lifetime`, in seconds from `iat`
    or from now, limits `exp` if it is set. `role_claim` names the claim that holds the role: one
    of viewer, member (or user) and admin, or several, in a list or with commas between them, of
    which the highest counts. Another word is a viewer's; without the claim a caller is a member.

    `subject_claim` names the claim that holds the subject, a text. In another than `sub` it may be
    an integer too, which stands for its digits. Raise `ValueError` if the two are one claim, or one
    that has a meaning of its own.
    """

    issuer: str | None = None
    audience: str | None = None
    max_lifetime: int | None = None
    role_claim: str = "role"
    subject_claim: str = SUBJECT

    def __attrs_post_init__(self) -> None:
        for claim in (self.role_claim, self.subject_claim):
            if claim in RESERVED_CLAIMS:
                raise ValueError(f"the claim {claim} has a meaning of its own")
        if self.role_claim == self.subject_claim:
            raise ValueError(f"the claim {self.role_claim} cannot hold both subject and role")

    def identity(self, token: str, key: PyJWK | bytes, algorithms: Sequence[str]) -> Identity:
        """Return who a token proves its bearer to be; raise `Unauthenticated`."""
        claims = self._verified(token, key, algorithms)
        subject = self._subject(claims)
        self._check_times(claims)
        account = claims.get(ACCOUNT_CLAIM)
        if ACCOUNT_CLAIM in claims and not isinstance(account, str):
            raise refused(f"its account ({ACCOUNT_CLAIM}) is not a text")
        return Identity(subject, self._role(claims), account)

    def _verified(
        self, token: str, key: PyJWK | bytes, algorithms: Sequence[str]
    ) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=list(algorithms),
                audience=self.audience,
                issuer=self.issuer,
                leeway=LEEWAY_SECONDS,
                options={
                    "require": ["exp", self.subject_claim],
                    "verify_aud": self.audience is not None,
                    "verify_sub": self.subject_claim == SUBJECT,
                },
            )
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise refused(str(error) or type(error).__name__) from None
        return claims

    def _subject(self, claims: dict[str, Any]) -> str:
        subject = claims[self.subject_claim]
        if isinstance(subject, int) and not isinstance(subject, bool):
            return str(subject)  # not in `sub`: PyJWT has refused it there
        if not isinstance(subject, str) or not subject.strip():
            raise refused(f"the subject ({self.subject_claim}) is not a text with something in it")
        return subject

    def _check_times(self, claims: dict[str, Any]) -> None:
        for name in ("exp", "nbf", "iat"):
            moment = claims.get(name, 0)
            if isinstance(moment, bool) or not isinstance(moment, int | float):
                raise refused(f"the time in {name} is not a number")
            if not moment <= LAST_MOMENT:
                raise refused(f"the time in {name} is one that no clock can hold")
        if self.max_lifetime is not None:
            begun = min(claims.get("iat", LAST_MOMENT), time.time())
            if claims["exp"] - begun > self.max_lifetime:
                raise refused(f"it is valid for more than {self.max_lifetime} seconds")

    def _role(self, claims: dict[str, Any]) -> Role:
        claimed = claims.get(self.role_claim)
        if claimed is None:
            return Role.MEMBER
        texts = claimed if isinstance(claimed, list) else str(claimed).split(",")
        roles = {_ROLES.get(str(text).strip(), Role.VIEWER) for text in texts}
        return max(roles, key=list(Role).index, default=Role.VIEWER)


def header_of(token: str) -> dict[str, Any]:
    """Return a token's header, which nobody has verified yet; raise `Unauthenticated`."""
    if len(token) > MAX_TOKEN_BYTES:
        raise refused(f"it is longer than {MAX_TOKEN_BYTES} bytes")
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise refused(str(error)) from None
    if "crit" in header:
        raise refused("its header demands an extension (crit); there are none here")
    return header
