"""Granian on a socket that listens already; Granian itself would open one, some time later."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.embed import Server

from fring_http.server.processes.addresses import BACKLOG, SILENT_SECONDS

if TYPE_CHECKING:
    import socket

    from fring_http.api.asgi import Application, Event, Reader, Writer

_IS_UNIX: Final = False
_on_fd: Any = SocketHolder  # its stub knows no arguments


def _leaving(app: Application) -> Application:
    """Return an application that ends when its client has left.

    Granian cancels it then, and would log what it raises for an error, traceback and all.
    """

    async def answer(scope: Event, receive: Reader, send: Writer) -> None:
        with suppress(asyncio.CancelledError):
            await app(scope, receive, send)

    return answer


class OnSocket(Server):
    """Serve an application to so many connections at once."""

    def __init__(self, app: Application, listening: socket.socket, connections: int) -> None:
        super().__init__(
            _leaving(app),
            interface=Interfaces.ASGINL,
            http=HTTPModes.http1,  # of HTTP/2 a few bytes ask for gigabytes
            http1_settings=HTTP1Settings(header_read_timeout=round(SILENT_SECONDS * 1000)),
            websockets=False,
            backpressure=connections,
            log_level=LogLevels.error,
            log_dictconfig={"handlers": {}, "loggers": {"_granian": {"propagate": True}}},
        )
        self._listening = listening

    def _init_shared_socket(self) -> None:
        fd = self._listening.detach()  # Granian closes it
        self._shd = _on_fd(fd, _IS_UNIX, BACKLOG)

    def end(self) -> None:
        """Have it take no more requests, and end when those are answered that it has."""
        self.stop()  # type: ignore[no-untyped-call]  # untyped in Granian
