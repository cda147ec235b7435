"""The `fring serve` command."""

from __future__ import annotations

import asyncio
import errno
import os
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from socket import gaierror
from typing import TYPE_CHECKING, Final

import rich_click as click

from fring_core import StoreUnavailable
from fring_http.server.checks import check
from fring_http.server.command.greeting import Greeting
from fring_http.server.command.options import setting_options
from fring_http.server.command.output import say
from fring_http.server.command.running import Command, settings
from fring_http.server.database import located, prepared
from fring_http.server.exposure import listening_host
from fring_http.server.modes import SettingsError
from fring_http.server.processes.addresses import METRICS, held
from fring_http.server.processes.slots import slots
from fring_http.server.processes.supervisor import Supervisor
from fring_http.server.settings import MEMORY
from fring_http.server.shared_table import shared_file
from fring_http.server.variables.sources import set_variable

if TYPE_CHECKING:
    from fring_http.server.processes.addresses import Address
    from fring_http.server.settings import Settings

_LAST_PORT: Final = 65535
_WAYS_OUT: Final = {
    errno.EADDRINUSE: "; end what listens there, or set another port: {}={}",
    errno.EACCES: "; ports below 1024 are the system's: set another one, such as {}=8000",
    errno.EADDRNOTAVAIL: "; HOST is not an address of this machine",
}
_UNNAMED: Final = "; HOST is no name that is known here: set an address, such as HOST=127.0.0.1"


@click.command(cls=Command, serves=True)
@setting_options()
@click.option("--reload", is_flag=True, help="start the workers anew when Python files change here")
def serve_command(*, reload: bool) -> None:
    """Serve the APIs until a signal ends it."""
    serve(settings(), reload=reload)


def serve(settings: Settings, *, reload: bool = False) -> None:
    """Serve until a signal ends it; raise `SettingsError` for what cannot be served."""
    from fring_http.server.telling.logs import set_up  # noqa: PLC0415  # it takes long

    check(settings)
    set_up(settings)
    host = listening_host(settings)
    with ExitStack() as stack:
        addresses = _addresses(host, settings.port, stack, "PORT")
        metrics = (
            []
            if settings.metrics_port is None or not settings.metrics
            else _addresses(host, settings.metrics_port, stack, "FRING_METRICS_PORT")
        )
        url, data, is_away = _prepared(settings, stack)
        if not settings.database_url:  # or it is read anew, from wherever it is set
            set_variable("DATABASE_URL", url)
        greeting = Greeting(settings, data, addresses, metrics, is_narrowed=host != settings.host)
        writes = str(stack.enter_context(shared_file())) if settings.read_database_url else ""
        supervisor = Supervisor(
            partial(_worker, "prepares" if is_away else "", writes, addresses, metrics),
            settings.workers,
            greeting.show,
            reloads=url != MEMORY,
            watches=reload,
            drain=settings.drain,
            statement_timeout=settings.statement_timeout,
            slots=stack.enter_context(slots()) if settings.metrics else None,
        )
        asyncio.run(supervisor.run())


def _prepared(settings: Settings, stack: ExitStack) -> tuple[str, str, bool]:
    """Return the database's URL, what it is in words, and whether it is away.

    Then the server begins without it, for it may come later, as others of its kind do when a whole
    machine starts. The workers prepare the tables as soon as it is there.
    """
    try:
        return *prepared(settings, stack, say, upgrade=settings.migrate), False
    except StoreUnavailable as error:
        if not settings.database_url:
            raise
        say(f"{error}; requests are answered with 503 until that is over")
        url, words = located(settings, stack, say)
        return url, f"{words}, not there yet", True


def _addresses(host: str, port: int, stack: ExitStack, variable: str) -> list[Address]:
    try:
        return held(host, port, stack)
    except OSError as error:
        # Python puts the address behind the words once more.
        why = os.strerror(error.errno) if error.errno in _WAYS_OUT else error.strerror
        unnamed = _UNNAMED if isinstance(error, gaierror) else ""
        way_out = _WAYS_OUT.get(error.errno or 0, unnamed).format(
            variable, port + 1 if port < _LAST_PORT else 8000
        )
        raise SettingsError(f"Cannot listen on {host}:{port}: {why}{way_out}") from None


def _worker(
    prepares: str, writes: str, addresses: list[Address], metrics: list[Address], slot: str
) -> list[str]:
    """Return the command of a worker; nothing of the current folder is imported (-P)."""
    places = _words(addresses) + ([METRICS, *_words(metrics)] if metrics else [])
    # A file that is gone was the others': with one of its own, this worker would not see their writes.
    writes = writes if Path(writes).is_file() else ""
    return [
        sys.executable,
        "-P",
        "-m",
        "fring_http.server.processes.worker",
        slot,
        prepares,
        writes,
        *places,
    ]


def _words(addresses: list[Address]) -> list[str]:
    return [word for address in addresses for word in (address.ip, str(address.port))]
