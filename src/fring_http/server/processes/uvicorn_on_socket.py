"""Uvicorn on a socket that listens already: for those who have reasons to prefer it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from fring_http.server.processes.addresses import BACKLOG, SILENT_SECONDS

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from fring_http.api.asgi import Application


class OnSocket(uvicorn.Server):
    """Serve an application to so many connections at once."""

    def __init__(self, app: Application, listening: socket.socket, connections: int) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                lifespan="off",  # the worker opens and closes what has to be open
                ws="none",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                backlog=BACKLOG,
                limit_concurrency=connections,
                timeout_keep_alive=round(SILENT_SECONDS),
            )
        )
        self._listening = listening

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until it is told to end."""
        await super().serve(sockets or [self._listening])

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the worker."""
        yield

    def end(self) -> None:
        """Have it take no more requests, and end when those are answered that it has."""
        self.should_exit = True
