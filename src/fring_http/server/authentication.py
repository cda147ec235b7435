"""How callers are told apart, as the settings have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fring_http.server.modes import NEW_SECRET, AuthMode, SettingsError

if TYPE_CHECKING:
    from fring_http.server.settings import Settings


def auth_mode(settings: Settings) -> AuthMode:
    """Return how callers are told apart; raise `SettingsError` if that is not clear.

    The variables that are set decide, FRING_AUTH where both are; in production, no authentication
    at all has to be said.
    """
    if settings.auth is AuthMode.OFF:
        return AuthMode.OFF
    if settings.auth is None and settings.secret and settings.jwks_url:
        raise SettingsError(
            "BETTER_AUTH_SECRET and FRING_JWKS_URL are both set; FRING_AUTH=secret or jwks says"
            " which counts"
        )
    if settings.auth is AuthMode.SECRET or (settings.auth is None and settings.secret):
        if not settings.secret:
            raise SettingsError(f"FRING_AUTH=secret needs BETTER_AUTH_SECRET; {NEW_SECRET}")
        return AuthMode.SECRET
    if settings.auth is AuthMode.JWKS or settings.jwks_url:
        if not settings.jwks_url:
            raise SettingsError(
                "FRING_AUTH=jwks needs FRING_JWKS_URL, where the issuer's keys are, such as"
                " https://app.example/api/auth/jwks"
            )
        return AuthMode.JWKS
    if settings.environment == "production":
        raise SettingsError(
            "In production, set BETTER_AUTH_SECRET or FRING_JWKS_URL; FRING_AUTH=off serves"
            " everything to everybody"
        )
    return AuthMode.OFF
