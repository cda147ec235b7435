"""Who has written lately: a table that all workers of a server share, so that all know."""

from __future__ import annotations

import os
import weakref
from fcntl import LOCK_EX, LOCK_UN, flock
from mmap import mmap
from tempfile import TemporaryFile
from time import monotonic
from typing import TYPE_CHECKING
from zlib import crc32

from fring_http.api.door.door import SAFE_METHODS
from fring_http.api.exchanges import EXCHANGE, current
from fring_http.api.guards import READING
from fring_http.server.shared_table import BYTES, PLACES

if TYPE_CHECKING:
    from pathlib import Path

    from fring_http.api.asgi import Application, Event, Reader, Writer


class RecentWrites:
    """Remember for `seconds` which callers have written; without authentication all are one.

    `path` is a file of `shared_file`; None: a table of this process alone.
    """

    def __init__(self, seconds: float, path: Path | None = None) -> None:
        self._seconds = seconds
        with TemporaryFile() if path is None else path.open("r+b") as file:
            if path is None:
                file.truncate(BYTES)
            # The clock is the system's: all processes read the same, and nobody sets it.
            self._times = memoryview(mmap(file.fileno(), BYTES)).cast("d")
            self._descriptor = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._descriptor)

    def note(self, caller: str) -> None:
        """Note that a write of a caller has ended just now."""
        place = _place(caller)
        # Or a worker that was held up could put an earlier time in the place of a later one.
        flock(self._descriptor, LOCK_EX)
        try:
            self._times[place] = monotonic()
        finally:
            flock(self._descriptor, LOCK_UN)

    def has(self, caller: str) -> bool:
        """Tell whether a caller has written lately."""
        return monotonic() - self._times[_place(caller)] < self._seconds

    def may_be_stale(self) -> bool:
        """Tell whether what is read for the present exchange may be `seconds` old."""
        exchange = current.get()
        return exchange is not None and exchange.method in READING and not self.has(exchange.caller)

    def around(self, app: Application) -> Application:
        """Return an application that notes each write before its answer is sent.

        It does not matter what the answer is: who is told of a failure may have written.
        """

        async def answer(scope: Event, receive: Reader, send: Writer) -> None:
            if scope["type"] != "http" or scope["method"] in SAFE_METHODS:
                await app(scope, receive, send)
                return
            exchange = scope[EXCHANGE]

            async def send_noted(message: Event) -> None:
                if message["type"] == "http.response.start":
                    self.note(exchange.caller)
                await send(message)

            try:
                await app(scope, receive, send_noted)
            finally:
                self.note(exchange.caller)  # of one that went away, too, and may be back at once

        return answer


def _place(caller: str) -> int:
    return crc32(caller.encode(errors="surrogatepass")) % PLACES
