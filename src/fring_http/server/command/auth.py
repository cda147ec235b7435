"""The `fring auth` command: explain a token, or mint one."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Final

from fring_core import FringError
from fring_http.server.logs import printable
from fring_http.server.settings import NEW_SECRET, AuthMode, Settings, SettingsError

if TYPE_CHECKING:
    from argparse import Namespace

    from fring_core import Identity, Tokens

STANDARD_INPUT: Final = "-"


def run_auth_command(settings: Settings, chosen: Namespace) -> int:
    """Run it with the settings; return its exit code, 1 for a token that is refused."""
    from fring_http.server.tokens import jwks_tokens, secret_tokens  # noqa: PLC0415  # it takes long

    mode = settings.auth_mode()
    if chosen.action == "token":
        if mode is not AuthMode.SECRET:
            raise SettingsError(
                f"tokens are minted in secret mode only; this is mode {mode}. Set FRING_AUTH=secret"
                f" and the server's BETTER_AUTH_SECRET; {NEW_SECRET}"
            )
        print(secret_tokens(settings).issue(chosen.sub, chosen.role).token)
        return 0
    if mode is AuthMode.OFF:
        print(
            "accepted: authentication is off, no token is looked at; BETTER_AUTH_SECRET or"
            " FRING_JWKS_URL turns it on"
        )
        return 0
    tokens: Tokens = secret_tokens(settings) if mode is AuthMode.SECRET else jwks_tokens(settings)
    given: str = chosen.token
    if given == STANDARD_INPUT:  # an argument can be read by everybody on this machine
        given = sys.stdin.read()
    token = given.strip().removeprefix("Bearer ").strip()
    try:
        identity: Identity = asyncio.run(tokens.identify(token))
    except FringError as error:
        print(f"refused in mode {mode}: {printable(str(error))}", file=sys.stderr)
        return 1
    print(f"accepted in mode {mode}: subject {identity.subject!r}, role {identity.role}")
    return 0
