"""What there is to say of who may call: tokens, their issuer, pages of browsers."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

import httpx

from fring_http.server.authentication import auth_mode
from fring_http.server.doctor.database import clock
from fring_http.server.doctor.findings import Finding, fail, ok, warn
from fring_http.server.modes import NEW_SECRET, AuthMode, SettingsError
from fring_http.server.variables.texts import without_password

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fring_http.server.settings import Settings

ISSUER_SECONDS: Final = 5.0
FEW_CHARACTERS: Final = 10  # different ones, in a secret
_OK: Final = 200


def look_at_callers(settings: Settings) -> Iterator[Finding]:
    """Look at who may call, and ask the issuer of keys for them."""
    try:
        mode = auth_mode(settings)
    except SettingsError:
        return  # the settings tell of it
    if mode is AuthMode.OFF:
        yield warn(
            "authentication",
            "it is off: whoever reaches the server may do anything",
            f"set BETTER_AUTH_SECRET ({NEW_SECRET}) or FRING_JWKS_URL",
        )
    elif mode is AuthMode.SECRET and len(set(settings.secret)) < FEW_CHARACTERS:
        yield warn("authentication", "BETTER_AUTH_SECRET is easy to guess", NEW_SECRET)
    else:
        yield ok("authentication", f"it is on, in mode {mode}")
    if mode is AuthMode.JWKS:
        yield from _issuer(settings.jwks_url)
    yield _pages(settings)


def _issuer(url: str) -> Iterator[Finding]:
    shown = without_password(url)
    remedy = "FRING_JWKS_URL has to lead to the issuer's JWK set, and this machine has to reach it"
    try:
        answer = httpx.get(url, timeout=ISSUER_SECONDS, trust_env=False)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        yield fail("issuer", f"{shown} does not answer: {type(error).__name__} {error}", remedy)
        return
    try:
        keys = answer.json()["keys"] if answer.status_code == _OK else None
    except (ValueError, KeyError, TypeError):
        keys = None
    if not isinstance(keys, list):
        yield fail("issuer", f"{shown} gives no set of keys (status {answer.status_code})", remedy)
        return
    if not keys:
        yield fail("issuer", f"{shown} has no keys: every token is refused", remedy)
        return
    yield ok("issuer", f"{shown} has keys: {len(keys)}")
    with suppress(ValueError, TypeError):  # a date that is none, or has no zone
        there = parsedate_to_datetime(answer.headers.get("date", ""))
        yield clock("issuer's clock", there - datetime.now(UTC))


def _pages(settings: Settings) -> Finding:
    remedy = "let CORS_ORIGINS name the origins of your front ends"
    if settings.cors_origins is None:
        if settings.environment == "production":
            return warn("pages", "in production, only pages of this machine may call", remedy)
        return ok("pages", "those of this machine may call, at any port")
    plain = [each for each in settings.cors_origins if each.startswith("http://")]
    if plain and settings.environment == "production":
        return warn(
            "pages", f"{', '.join(plain)} may call, without TLS", f"{remedy}, with https://"
        )
    return ok("pages", f"those of {', '.join(settings.cors_origins) or 'nobody'} may call")
