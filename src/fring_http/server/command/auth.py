"""The `fring auth` commands: explain a token, or mint one."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Final

import rich_click as click

from fring_core import FringError, Role
from fring_http.server.authentication import auth_mode
from fring_http.server.command.running import FAILED, Command, settings
from fring_http.server.modes import NEW_SECRET, AuthMode, SettingsError
from fring_http.server.variables.texts import printable

if TYPE_CHECKING:
    from fring_core import Identity, Tokens

STANDARD_INPUT: Final = "-"


@click.group()
def auth() -> None:
    """Explain tokens, or mint them."""


@auth.command(cls=Command)
@click.argument("token")
@click.pass_context
def explain(context: click.Context, token: str) -> None:
    """Say why a token is accepted or refused.

    It may have 'Bearer ' before it; - reads it from the input, since an argument can be read by
    everybody on this machine.
    """
    from fring_http.server.tokens import jwks_tokens, secret_tokens  # noqa: PLC0415  # it takes long

    chosen = settings()
    mode = auth_mode(chosen)
    if mode is AuthMode.OFF:
        print(
            "accepted: authentication is off, no token is looked at; BETTER_AUTH_SECRET or"
            " FRING_JWKS_URL turns it on"
        )
        return
    tokens: Tokens = secret_tokens(chosen) if mode is AuthMode.SECRET else jwks_tokens(chosen)
    given = sys.stdin.read() if token == STANDARD_INPUT else token
    bare = given.strip().removeprefix("Bearer ").strip()
    try:
        identity: Identity = asyncio.run(tokens.identify(bare))
    except FringError as error:
        print(f"refused in mode {mode}: {printable(str(error))}", file=sys.stderr)
        context.exit(FAILED)
    print(f"accepted in mode {mode}: subject {identity.subject!r}, role {identity.role}")


@auth.command(cls=Command)
@click.option("--sub", required=True, help="whom it identifies")
@click.option(
    "--role", type=click.Choice([role.value for role in Role]), help="its role on the board"
)
def token(*, sub: str, role: str | None) -> None:
    """Print a token (in secret mode only)."""
    from fring_http.server.tokens import secret_tokens  # noqa: PLC0415  # as above

    chosen = settings()
    mode = auth_mode(chosen)
    if mode is not AuthMode.SECRET:
        raise SettingsError(
            f"tokens are minted in secret mode only; this is mode {mode}. Set FRING_AUTH=secret"
            f" and the server's BETTER_AUTH_SECRET; {NEW_SECRET}"
        )
    print(secret_tokens(chosen).issue(sub, Role(role) if role else None).token)
