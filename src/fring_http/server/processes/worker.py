"""A worker: a process that serves, until it is told to end or its supervisor is gone.

    python -m fring_http.server.processes.worker ADDRESS PORT [ADDRESS PORT ...]

It is started by `fring_http.server.processes.supervisor`, whose end of the socket is this process's standard input.
"""

from __future__ import annotations

import asyncio
import gc
import os
import resource
import signal
import socket
import sys
from contextlib import suppress
from threading import Thread
from time import sleep
from typing import TYPE_CHECKING, Any, Final

import uvloop
from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.embed import Server

from fring_http.server.composition import Wiring
from fring_http.server.processes.addresses import Address
from fring_http.server.processes.child import KILL_SECONDS, UNREADY
from fring_http.server.settings import Settings

if TYPE_CHECKING:
    from fring_http.api.door.edge import Application

# How long a connection may say nothing: before its first request, between two, within a head.
SILENT_MILLISECONDS: Final = 30_000
BACKLOG: Final = 1024
# Where a system allows as good as endlessly many, more would only cost.
MOST_DESCRIPTORS: Final = 2**16
# Kept for all that is no client: the database, the issuer of tokens, files.
SPARE_DESCRIPTORS: Final = 256
_SUPERVISOR: Final = 0  # standard input
_IS_UNIX: Final = False
_on_fd: Any = SocketHolder  # its stub knows no arguments


async def serve(addresses: list[tuple[str, int]]) -> None:
    """Serve what the environment's settings describe on these addresses until a signal ends it."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    Thread(target=_follow_supervisor, daemon=True).start()
    connections = _raise_limit() // len(addresses)
    wiring = Wiring.of(Settings.from_environment())
    loop.add_signal_handler(UNREADY, wiring.readiness.will_end)
    async with wiring.opened():
        app = wiring.application()
        gc.freeze()  # what is there now stays: looking through it again and again costs 3 %
        servers = [OnSocket(app, _listening(*address), connections) for address in addresses]
        serving = [asyncio.create_task(server.serve()) for server in servers]
        os.write(_SUPERVISOR, b"1")
        stopped = asyncio.create_task(stopping.wait())
        await asyncio.wait([stopped, *serving], return_when=asyncio.FIRST_COMPLETED)
        for server in servers:
            server.stop()  # type: ignore[no-untyped-call]  # untyped in Granian
        await asyncio.gather(*serving)


class OnSocket(Server):
    """Serve on a socket that listens already; Granian would open one, some time later."""

    def __init__(self, app: Application, listening: socket.socket, connections: int) -> None:
        super().__init__(
            app,
            interface=Interfaces.ASGINL,
            http=HTTPModes.http1,  # of HTTP/2 a few bytes ask for gigabytes
            http1_settings=HTTP1Settings(header_read_timeout=SILENT_MILLISECONDS),
            websockets=False,
            backpressure=connections,
            log_level=LogLevels.error,
            log_dictconfig={"handlers": {}, "loggers": {"_granian": {"propagate": True}}},
        )
        self._listening = listening

    def _init_shared_socket(self) -> None:
        fd = self._listening.detach()  # Granian closes it
        self._shd = _on_fd(fd, _IS_UNIX, BACKLOG)


def _listening(ip: str, port: int) -> socket.socket:
    address = Address(ip, port)
    sock = socket.create_server(
        (ip, port),
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


def _follow_supervisor() -> None:
    """End when the supervisor does, which closes the socket."""
    with suppress(OSError):
        os.read(_SUPERVISOR, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    sleep(KILL_SECONDS)
    os._exit(1)


def main() -> None:
    """Serve on the addresses of the command line."""
    words = sys.argv[1:]
    uvloop.run(serve([(ip, int(port)) for ip, port in zip(words[::2], words[1::2], strict=True)]))


if __name__ == "__main__":
    main()
