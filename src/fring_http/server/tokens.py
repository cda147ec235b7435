"""The tokens that the settings ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from httpx import InvalidURL

from fring_adapters.identity import JwksTokens, SecretTokens, TokenRules
from fring_http.server.modes import NEW_SECRET, SettingsError

if TYPE_CHECKING:
    from fring_http.server.settings import Settings


def secret_tokens(settings: Settings) -> SecretTokens:
    """Return the tokens of secret mode.

    Raise `SettingsError` for a secret that is too short, and for tokens that would be refused.
    """
    rules = _rules(settings)
    if rules.max_lifetime is not None and rules.max_lifetime < settings.token_seconds:
        raise SettingsError(
            f"FRING_TOKEN_MAX_LIFETIME={rules.max_lifetime} refuses the tokens that are given here,"
            f" for FRING_TOKEN_SECONDS={settings.token_seconds}: raise the one or lower the other"
        )
    try:
        return SecretTokens(settings.secret, rules, seconds=settings.token_seconds)
    except ValueError as error:
        raise SettingsError(f"BETTER_AUTH_SECRET cannot be used: {error}; {NEW_SECRET}") from None


def jwks_tokens(settings: Settings) -> JwksTokens:
    """Return the tokens of jwks mode; raise `SettingsError` for a host that cannot be."""
    try:
        return JwksTokens(settings.jwks_url, _rules(settings))
    except InvalidURL as error:
        raise SettingsError(f"FRING_JWKS_URL cannot be used: {error}") from None


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
