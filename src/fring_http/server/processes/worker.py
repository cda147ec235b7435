"""A worker: a process that serves, until it is told to end or its supervisor is gone.

    python -m fring_http.server.processes.worker SLOT PREPARES WRITES ADDRESS PORT [...] [metrics ...]

It is started by `fring_http.server.processes.supervisor`, whose end of the socket is this process's
standard input.
"""

from __future__ import annotations

import asyncio
import gc
import os
import resource
import socket
import sys
from contextlib import nullcontext, suppress
from pathlib import Path
from threading import Thread
from time import sleep
from typing import TYPE_CHECKING, Final, Protocol

import uvloop

from fring_http.server.modes import SettingsError
from fring_http.server.processes.addresses import BACKLOG, METRICS, Address
from fring_http.server.processes.child import GRACE_SECONDS
from fring_http.server.processes.departure import SETTLING_SECONDS, Departure, Door
from fring_http.server.processes.slots import NO_SLOT
from fring_http.server.settings import Settings
from fring_http.server.tables import tables_awaited
from fring_http.server.telling.logs import set_up
from fring_http.server.wiring import Wiring
from fring_http.server.writes import RecentWrites

if TYPE_CHECKING:
    from collections.abc import Callable

    from fring_http.api.asgi import Application

# Where a system allows as good as endlessly many, more would only cost.
MOST_DESCRIPTORS: Final = 2**16
# Kept for all that is no client: the database, the issuer of tokens, files.
SPARE_DESCRIPTORS: Final = 256
METRICS_CLIENTS: Final = 64  # on each address that is for metrics alone
# More objects than this are made, and not gone, before the collector looks for cycles. A request
# leaves none, and to look as often as Python does costs a twentieth of a list.
COLLECT_AFTER: Final = 20_000
_SUPERVISOR: Final = 0  # standard input


class Server(Protocol):
    """Serve an application on a socket."""

    async def serve(self) -> None:
        """Serve until it is told to end."""
        ...

    def end(self) -> None:
        """Have it take no more requests, and end when those are answered that it has."""
        ...


async def serve(
    slot: str, writes: str, addresses: list[Address], metrics: list[Address], *, prepares: bool
) -> None:
    """Serve what the environment's settings describe on these addresses until a signal ends it.

    Its numbers are in a slot, and alone on the addresses for metrics, if there are any. `writes`
    is the file in which workers note who has written; empty if they do not. It `prepares` the
    tables if the supervisor could not.
    """
    settings = Settings.from_environment()
    set_up(settings)
    wiring = Wiring.of(
        settings,
        slot=None if slot == NO_SLOT else slot,
        writes=RecentWrites(settings.read_lag, Path(writes)) if writes else None,
    )
    departure = Departure(wiring, settings.drain)
    patience = settings.statement_timeout + GRACE_SECONDS
    Thread(target=_follow_supervisor, args=[departure.at_once, patience], daemon=True).start()
    connections = (_raise_limit() - METRICS_CLIENTS * len(metrics)) // len(addresses)
    # Not checked first: a worker that ended for its tables would be started again, and again.
    tables = tables_awaited(settings) if prepares else nullcontext()
    async with wiring.opened(), tables:
        app = wiring.application()
        apps = [(app, address) for address in addresses]
        apps += [(wiring.metrics_application(), address) for address in metrics]
        gc.freeze()  # what is there now stays: looking through it again and again costs 3 %
        gc.set_threshold(COLLECT_AFTER)
        sockets = [_listening(address) for _, address in apps]
        doors = [Door(each) for each in sockets]
        servers = [
            _server(settings.server, each, sock, connections)
            for (each, _), sock in zip(apps, sockets, strict=True)
        ]
        serving = [asyncio.create_task(server.serve()) for server in servers]
        os.write(_SUPERVISOR, b"1")
        stopped = asyncio.create_task(departure.time_to_end.wait())
        await asyncio.wait([stopped, *serving], return_when=asyncio.FIRST_COMPLETED)
        closed = [door.close() for door in doors]
        if any(closed):
            await asyncio.sleep(SETTLING_SECONDS)
        for server in servers:
            server.end()
        await asyncio.gather(*serving)


def _server(name: str, app: Application, listening: socket.socket, connections: int) -> Server:
    # Only the one that is asked for, for the other may not be installed.
    if name == "uvicorn":
        from fring_http.server.processes import uvicorn_on_socket  # noqa: PLC0415

        return uvicorn_on_socket.OnSocket(app, listening, connections)
    from fring_http.server.processes import granian_on_socket  # noqa: PLC0415

    return granian_on_socket.OnSocket(app, listening, connections)


def _listening(address: Address) -> socket.socket:
    sock = socket.create_server(
        (address.ip, address.port),
        family=address.family,
        backlog=BACKLOG,
        reuse_port=True,  # beside the other workers
        dualstack_ipv6=address.is_everywhere,
    )
    sock.settimeout(0)
    return sock


def _raise_limit() -> int:
    """Take the descriptors that this process may have; return how many clients that allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MOST_DESCRIPTORS)
    if soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return max(allowed - SPARE_DESCRIPTORS, allowed // 2)


def _follow_supervisor(end: Callable[[], None], patience: float) -> None:
    """End when the supervisor does, which closes the socket; by force after so many seconds."""
    with suppress(OSError):
        os.read(_SUPERVISOR, 1)
    end()
    sleep(patience)
    os._exit(1)


def _addresses(words: list[str]) -> list[Address]:
    return [Address(ip, int(port)) for ip, port in zip(words[::2], words[1::2], strict=True)]


def main() -> None:
    """Serve on the addresses of the command line."""
    slot, prepares, writes, *words = sys.argv[1:]
    end = words.index(METRICS) if METRICS in words else len(words)
    try:
        addresses, metrics = _addresses(words[:end]), _addresses(words[end + 1 :])
        uvloop.run(serve(slot, writes, addresses, metrics, prepares=bool(prepares)))
    except SettingsError as error:  # they have changed since the server began
        for line in str(error).splitlines():
            print(f"fring: {line}", file=sys.stderr)  # noqa: T201  # the log may not be set up
        sys.exit(1)


if __name__ == "__main__":
    main()
