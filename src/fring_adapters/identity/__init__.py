"""Proof of identity: tokens (JWT) and passwords; part of the extra `server`."""

from fring_adapters.identity.claims import TokenRules
from fring_adapters.identity.jwks import JwksTokens
from fring_adapters.identity.passwords import Argon2Passwords, BlockingArgon2Passwords
from fring_adapters.identity.secret import SecretTokens

__all__ = ["Argon2Passwords", "BlockingArgon2Passwords", "JwksTokens", "SecretTokens", "TokenRules"]
