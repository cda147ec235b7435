"""The `fring` command.

It imports the application only where it needs it, which takes longer than all the rest: the workers
that serve it are processes of their own.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from fring_adapters.postgres import SchemaError, prepare
from fring_adapters.postgres.urls import described
from fring_core import StoreUnavailable
from fring_http.auth_cli import add_auth_command, run_auth_command
from fring_http.settings import MEMORY, AuthMode, Settings, SettingsError
from fring_http.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

KILL_SECONDS: Final = 10


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with these arguments (None: the process's own); return its exit code."""
    parser = argparse.ArgumentParser(prog="fring", description="Task management.")
    parser.add_argument("--version", action="version", version=f"fring {VERSION}")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="serve the API; the environment holds the settings")
    database = commands.add_parser("db", help="look after the database")
    database.add_subparsers(dest="action", required=True).add_parser(
        "upgrade", help="bring the tables to this version"
    )
    add_auth_command(commands)
    chosen = parser.parse_args(arguments)
    try:
        settings = Settings.from_environment()
        if chosen.command == "auth":
            return run_auth_command(settings, chosen)
        if chosen.command == "serve":
            _check(settings)
        with ExitStack() as stack:
            url, embedded = _database(settings, stack)
            if url != MEMORY:
                upgrade = embedded or settings.migrate or chosen.command == "db"
                _say(f"{described(url)}, revision {prepare(url, upgrade=upgrade)}")
            if chosen.command == "serve":
                # The workers read the environment anew.
                os.environ["DATABASE_URL"] = url
                _serve(settings)
    except (SettingsError, SchemaError, StoreUnavailable, ValueError) as error:
        print(f"fring: {error}", file=sys.stderr)
        return 1
    return 0


def _check(settings: Settings) -> None:
    """Raise `SettingsError` for what cannot be served, before anything is started."""
    if settings.database_url == MEMORY and settings.workers > 1:
        raise SettingsError("memory:// needs WORKERS=1: each worker would have data of its own")
    settings.check_exposure()
    if settings.auth_mode() is AuthMode.SECRET:
        from fring_http.main import secret_tokens  # noqa: PLC0415  # see above

        secret_tokens(settings)
    try:
        socket.create_server((settings.host, settings.port)).close()
    except OSError as error:
        raise SettingsError(
            f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}"
        ) from None


def _database(settings: Settings, stack: ExitStack) -> tuple[str, bool]:
    """Return the database's URL, and whether it is the embedded one, which runs from now on."""
    if settings.database_url:
        return settings.database_url, False
    try:
        # Only here: who has a database does not need the extra.
        from fring_adapters.postgres.embedded import embedded  # noqa: PLC0415
    except ImportError:
        raise SettingsError(
            "DATABASE_URL is not set; for a database of Fring's own, install fring[embedded]"
        ) from None
    folder = (settings.data_dir / "postgres").resolve()
    url = stack.enter_context(embedded(folder))
    _say(f"embedded PostgreSQL keeps its data in {folder}")
    return url, True


def _serve(settings: Settings) -> None:
    _say(f"Fring {VERSION} on http://{settings.host}:{settings.port} (documentation: /docs)")
    Granian(
        "fring_http.main:create",
        factory=True,
        interface=Interfaces.ASGI,
        address=settings.host,
        port=settings.port,
        workers=settings.workers,
        websockets=False,
        log_level=LogLevels(settings.log_level),
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_SECONDS,
    ).serve()


def _say(text: str) -> None:
    print(f"fring: {text}", flush=True)
