"""The commands that need a database: `fring serve` and `fring db upgrade`."""

from __future__ import annotations

import asyncio
import errno
import os
import sys
from contextlib import ExitStack
from socket import gaierror
from typing import TYPE_CHECKING, Final

from fring_http.server.exposure import listening_host
from fring_http.server.processes.addresses import held
from fring_http.server.processes.supervisor import Supervisor
from fring_http.server.settings import MEMORY, AuthMode, Settings, SettingsError
from fring_http.version import VERSION

if TYPE_CHECKING:
    from fring_http.server.processes.addresses import Address

_LAST_PORT: Final = 65535
_WAYS_OUT: Final = {
    errno.EADDRINUSE: "; end what listens there, or set another port: PORT={}",
    errno.EACCES: "; ports below 1024 are the system's: set another one, such as PORT=8000",
    errno.EADDRNOTAVAIL: "; HOST is not an address of this machine",
}
_UNNAMED: Final = "; HOST is no name that is known here: set an address, such as HOST=127.0.0.1"


def serve(settings: Settings) -> None:
    """Serve until a signal ends it; raise `SettingsError` for what cannot be served."""
    _check(settings)
    host = listening_host(settings)
    with ExitStack() as stack:
        addresses = _addresses(host, settings.port, stack)
        url = database(settings, stack, upgrade=settings.migrate)
        # The workers read the environment anew.
        os.environ["DATABASE_URL"] = url
        if host != settings.host:
            say(
                f"HOST={settings.host} stands for this machine alone until BETTER_AUTH_SECRET or"
                " FRING_JWKS_URL is set, or FRING_AUTH=off if everybody may do everything"
            )
        where = " and ".join(f"http://{address}" for address in addresses)
        supervisor = Supervisor(
            _worker(addresses),
            settings.workers,
            say,
            greeting=f"Fring {VERSION} on {where} (documentation: /docs)",
            reloads=url != MEMORY,
            drain=settings.drain,
        )
        asyncio.run(supervisor.run())


def _check(settings: Settings) -> None:
    """Raise `SettingsError` with all that does not go together."""
    faults: list[str] = []
    for check in (
        _check_workers,
        listening_host,
        _check_tokens,
        _check_url,
        _check_schema,
    ):
        try:
            check(settings)
        except (SettingsError, ValueError) as error:
            faults.append(str(error))
    if faults:
        raise SettingsError("\n".join(dict.fromkeys(faults)))


def _check_workers(settings: Settings) -> None:
    if settings.database_url == MEMORY and settings.workers > 1:
        raise SettingsError("memory:// needs WORKERS=1: each worker would have data of its own")


def _check_tokens(settings: Settings) -> None:
    if settings.auth_mode() is not AuthMode.OFF:
        from fring_http.server.tokens import jwks_tokens, secret_tokens  # noqa: PLC0415  # it takes long

        (secret_tokens if settings.auth_mode() is AuthMode.SECRET else jwks_tokens)(settings)


def _check_url(settings: Settings) -> None:
    if settings.database_url and settings.database_url != MEMORY:
        from fring_adapters.postgres.wire.urls import to_conninfo  # noqa: PLC0415  # as above

        to_conninfo(settings.database_url)


def _check_schema(settings: Settings) -> None:
    if settings.schema is not None:
        from fring_adapters.postgres.wire.schema_names import checked_schema  # noqa: PLC0415  # as above

        checked_schema(settings.schema)


def upgrade(settings: Settings) -> None:
    """Bring the tables to this version."""
    with ExitStack() as stack:
        database(settings, stack, upgrade=True)


def say(text: str) -> None:
    """Tell people what happens; if nobody listens any more, go on."""
    try:
        print(f"fring: {text}", flush=True)
    except OSError:
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115  # or the exit fails as well


def _addresses(host: str, port: int, stack: ExitStack) -> list[Address]:
    try:
        return held(host, port, stack)
    except OSError as error:
        # Python puts the address behind the words once more.
        why = os.strerror(error.errno) if error.errno in _WAYS_OUT else error.strerror
        unnamed = _UNNAMED if isinstance(error, gaierror) else ""
        way_out = _WAYS_OUT.get(error.errno or 0, unnamed).format(
            port + 1 if port < _LAST_PORT else 8000
        )
        raise SettingsError(f"Cannot listen on {host}:{port}: {why}{way_out}") from None


def database(settings: Settings, stack: ExitStack, *, upgrade: bool) -> str:
    """Return the URL of the database, whose tables are prepared; the embedded one runs now.

    Raise `SettingsError` for a database that cannot be worked with.
    """
    if settings.database_url == MEMORY:
        return MEMORY
    from fring_adapters.postgres import SchemaError, prepare  # noqa: PLC0415  # as above
    from fring_adapters.postgres.wire.urls import described  # noqa: PLC0415  # as above

    url = settings.database_url or _embedded(settings, stack)
    try:
        revision = prepare(
            url,
            schema=settings.schema,
            upgrade=upgrade or not settings.database_url,
        )
    except SchemaError as error:
        raise SettingsError(str(error)) from error
    say(f"{described(url)}, revision {revision}")
    return url


def _embedded(settings: Settings, stack: ExitStack) -> str:
    # Only here: who has a database does not need the extra.
    from fring_adapters.postgres.embedded import embedded  # noqa: PLC0415

    folder = (settings.data_dir / "postgres").resolve()
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]  # they are about somebody's other database
    url = stack.enter_context(embedded(folder, say))
    say(f"embedded PostgreSQL keeps its data in {folder}")
    return url


def _worker(addresses: list[Address]) -> list[str]:
    """Return the command of a worker; nothing of the current folder is imported (-P)."""
    words = [word for address in addresses for word in (address.ip, str(address.port))]
    return [sys.executable, "-P", "-m", "fring_http.server.processes.worker", *words]
