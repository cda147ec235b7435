"""Keep a PostgreSQL for its users.

    python -m fring_adapters.keeper FOLDER WORKSHOP PROGRAMS LOCK USER

LOCK is the descriptor of a lock file that is held for as long as the keeper lives, USER that of the
first user's connection; others come over a socket in WORKSHOP.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from fring_adapters.keeper import READY
from fring_adapters.keeper.cluster import Cluster, ClusterError

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter


class Users:
    """Know who uses the database, and tell them once it is ready."""

    def __init__(self) -> None:
        self._connections: set[StreamWriter] = set()
        self._last: StreamWriter | None = None  # one that nobody holds is closed
        self._one_left = asyncio.Event()
        self._ready = False
        self._closed = False

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Hold a user's connection for as long as the user does."""
        if self._closed:
            writer.close()
            return
        self._connections.add(writer)
        if self._ready:
            writer.write(READY)
        with suppress(ConnectionError):
            await reader.read()
        self._connections.discard(writer)
        self._one_left.set()
        if self._connections:
            writer.close()
        else:  # it learns by the end of this process that PostgreSQL has stopped
            self._last = writer

    async def all_left(self) -> None:
        """Return when there is no user any more; nobody is taken in from then on."""
        while self._connections:
            self._one_left.clear()
            await self._one_left.wait()
        self._closed = True

    def tell_ready(self) -> None:
        """Tell all who wait."""
        self._ready = True
        for writer in self._connections:
            writer.write(READY)

    async def tell_failure(self, reason: str) -> None:
        """Tell all why there is no database."""
        for writer in self._connections:
            writer.write(f"{reason}\n".encode())
            with suppress(ConnectionError):
                await writer.drain()


async def keep(cluster: Cluster, first: socket.socket) -> None:
    """Run PostgreSQL until nobody uses it any more."""
    users = Users()
    reader, writer = await asyncio.open_connection(sock=first)
    serving = asyncio.create_task(users.serve(reader, writer))
    await asyncio.sleep(0)  # the first is one of the users now
    server = await asyncio.start_unix_server(users.serve, "socket")
    running = asyncio.create_task(cluster.run(users.tell_ready))
    left = asyncio.create_task(users.all_left())
    await asyncio.wait([running, left], return_when=asyncio.FIRST_COMPLETED)
    server.close()
    Path("socket").unlink(missing_ok=True)  # whoever comes now needs another keeper
    running.cancel()
    try:
        await running
    except asyncio.CancelledError:
        pass
    except (ClusterError, OSError) as error:
        await users.tell_failure(str(error))
    serving.cancel()


def main() -> None:
    """Become a process of its own, and keep."""
    folder, workshop, programs = map(Path, sys.argv[1:4])
    first = socket.socket(fileno=int(sys.argv[5]))
    if os.fork():
        os._exit(0)  # whoever started it need not wait for its end
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # It ends when its users do. systemd, say, tells everybody at once. SIG_IGN would not do:
        # PostgreSQL would inherit it, and miss what it is told before it listens to signals.
        signal.signal(number, lambda *_: None)
    os.umask(0o077)
    os.chdir(workshop)
    asyncio.run(keep(Cluster(folder, workshop, programs), first))


if __name__ == "__main__":
    main()
