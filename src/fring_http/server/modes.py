"""The ways to tell who is calling, and how settings are refused."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

NEW_SECRET: Final = "`openssl rand -base64 32` makes one"  # noqa: S105  # advice, no secret


class AuthMode(StrEnum):
    """Name the ways to tell who is calling."""

    OFF = "off"
    SECRET = "secret"  # noqa: S105  # a word, not one to keep
    JWKS = "jwks"


class SettingsError(Exception):
    """Report settings that cannot be used, by their names, a line each."""
