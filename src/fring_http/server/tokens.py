"""The tokens that the settings ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fring_adapters.identity import JwksTokens, SecretTokens, TokenRules
from fring_http.server.settings import NEW_SECRET, SettingsError

if TYPE_CHECKING:
    from fring_http.server.settings import Settings


def secret_tokens(settings: Settings) -> SecretTokens:
    """Return the tokens of secret mode; raise `SettingsError` for a secret that is too short."""
    try:
        return SecretTokens(settings.secret, _rules(settings), seconds=settings.token_seconds)
    except ValueError as error:
        raise SettingsError(f"BETTER_AUTH_SECRET cannot be used: {error}; {NEW_SECRET}") from None


def jwks_tokens(settings: Settings) -> JwksTokens:
    """Return the tokens of jwks mode."""
    return JwksTokens(settings.jwks_url, _rules(settings))


def _rules(settings: Settings) -> TokenRules:
    try:
        return TokenRules(
            issuer=settings.token_issuer or None,
            audience=settings.token_audience or None,
            max_lifetime=settings.token_max_lifetime,
            role_claim=settings.role_claim,
            subject_claim=settings.subject_claim,
        )
    except ValueError as error:
        raise SettingsError(
            f"FRING_SUBJECT_CLAIM={settings.subject_claim} and"
            f" FRING_ROLE_CLAIM={settings.role_claim} cannot be used: {error}"
        ) from None
