"""The `fring` command: what it understands. What it does is imported once it is asked for.

So `fring --help` needs nothing but the base install.
"""

from __future__ import annotations

import argparse
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NoReturn

from fring_core import Role, StoreUnavailable
from fring_http.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class _Parser(argparse.ArgumentParser):
    """Take options by their whole names: `--password` is not short for `--password-stdin`."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(allow_abbrev=False, **arguments)


class _NoArgument(argparse.Action):
    """Refuse a password on the command line, where everybody can read it."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        parser.error(
            "a password is no argument, which others could read: it is asked for, or"
            " --password-stdin reads it"
        )


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's arguments."""
    fring = _Parser(prog="fring", description="Task management.")
    fring.add_argument("--version", action="version", version=f"fring {VERSION}")
    commands = fring.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="serve the API; the environment holds the settings")
    database = commands.add_parser("db", help="look after the database")
    database.add_subparsers(dest="action", required=True).add_parser(
        "upgrade", help="bring the tables to this version"
    )
    auth = commands.add_parser("auth", help="explain tokens, or mint them")
    actions = auth.add_subparsers(dest="action", required=True)
    explain = actions.add_parser("explain", help="say why a token is accepted or refused")
    explain.add_argument(
        "token", help="the token, with or without 'Bearer ' before it; - reads it from the input"
    )
    token = actions.add_parser("token", help="print a token (in secret mode only)")
    token.add_argument("--sub", required=True, help="whom it identifies")
    roles = ", ".join(Role)
    token.add_argument("--role", metavar="ROLE", type=_role, help=f"its role on the board: {roles}")
    _add_user_command(
        commands.add_parser("user", help="list accounts, create them, or change them")
    )
    return fring


def _add_user_command(user: argparse.ArgumentParser) -> None:
    actions = user.add_subparsers(dest="action", required=True)
    actions.add_parser("list", help="list the users, with their roles")
    create = actions.add_parser("create", help="create an account; its password is asked for")
    password = actions.add_parser("password", help="give a user another password, asked for")
    role = actions.add_parser("role", help="give a user another role")
    for each in (create, password, role):
        each.add_argument("name", help="the username")
    create.add_argument("--email", required=True, help="the e-mail address")
    roles = ", ".join(Role)
    create.add_argument("--role", metavar="ROLE", type=_role, default=Role.MEMBER, help=roles)
    role.add_argument("role", metavar="ROLE", type=_role, help=roles)
    for each in (create, password):
        each.add_argument(
            "--password-stdin", action="store_true", help="read the password from the input"
        )
        each.add_argument("--password", action=_NoArgument, nargs="?", help=argparse.SUPPRESS)


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        roles = ", ".join(Role)
        raise argparse.ArgumentTypeError(f"{text!r} is not one of {roles}") from None


_ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Report that a signal ends the command, wherever it was."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Let SIGINT, SIGTERM and a closed terminal raise `Stopped`, once: cleaning up goes on.

    After the block they do nothing, since the process is about to end by itself.
    """
    stopped = False

    def stop(*_: object) -> None:
        nonlocal stopped
        if not stopped:
            stopped = True
            raise Stopped

    for number in _ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)
    try:
        yield
    finally:
        for number in _ENDING:
            signal.signal(number, signal.SIG_IGN)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with these arguments (None: the process's own); return its exit code."""
    chosen = parser().parse_args(arguments)
    if chosen.command == "auth":
        return _run(chosen)
    try:
        with stoppable():
            return _run(chosen)
    except Stopped:
        return 0 if chosen.command == "serve" else 1


def _run(chosen: argparse.Namespace) -> int:
    # Only now: they need the extra.
    from fring_http.server.command.auth import run_auth_command  # noqa: PLC0415
    from fring_http.server.command.serve import serve, upgrade  # noqa: PLC0415
    from fring_http.server.settings import Settings, SettingsError  # noqa: PLC0415

    try:
        settings = Settings.from_environment()
        for stray in settings.strays:
            print(f"fring: {stray}", file=sys.stderr)
        if chosen.command == "auth":
            return run_auth_command(settings, chosen)
        if chosen.command == "user":
            from fring_http.server.command.user import run_user_command  # noqa: PLC0415

            run_user_command(settings, chosen)
        else:
            (serve if chosen.command == "serve" else upgrade)(settings)
    except SettingsError as error:
        for line in str(error).splitlines():
            print(f"fring: {line}", file=sys.stderr)
        return 1
    except (StoreUnavailable, ValueError) as error:
        print(f"fring: {error}", file=sys.stderr)
        return 1
    return 0
