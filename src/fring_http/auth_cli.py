"""The `fring auth` command: explain a token, or mint one."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Final

from fring_core import FringError, Role
from fring_http.logs import printable
from fring_http.settings import AuthMode, Settings, SettingsError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace, _SubParsersAction

    from fring_core import Identity, Tokens

STANDARD_INPUT: Final = "-"


def add_auth_command(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Add `auth explain TOKEN` and `auth token --sub NAME` to the command."""
    actions = commands.add_parser("auth", help="explain tokens, or mint them").add_subparsers(
        dest="action", required=True
    )
    explain = actions.add_parser("explain", help="say why a token is accepted or refused")
    explain.add_argument(
        "token", help="the token, with or without 'Bearer ' before it; - reads it from the input"
    )
    token = actions.add_parser("token", help="print a token (in secret mode only)")
    token.add_argument("--sub", required=True, help="whom it identifies")
    token.add_argument("--role", choices=list(Role), type=Role, help="its role on the shared board")


def run_auth_command(settings: Settings, chosen: Namespace) -> int:
    """Run it with the settings; return its exit code, 1 for a token that is refused."""
    from fring_http.main import jwks_tokens, secret_tokens  # noqa: PLC0415  # see fring_http.cli

    mode = settings.auth_mode()
    if chosen.action == "token":
        if mode is not AuthMode.SECRET:
            raise SettingsError(f"tokens are minted in secret mode only; this is mode {mode}")
        print(secret_tokens(settings).issue(chosen.sub, chosen.role).token)
        return 0
    if mode is AuthMode.OFF:
        print("accepted: authentication is off, no token is looked at")
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
