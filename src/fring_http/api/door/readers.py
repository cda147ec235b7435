"""Send large answers in parts, as they are read, and cut off whoever does not read.

A server takes an answer whole, and keeps it until it has been read. So what a client has not asked
for is not given to the server either, and a client that asks for nothing more is left.
"""

from __future__ import annotations

import asyncio
import logging
from time import perf_counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fring_http.api.asgi import Event, Writer

PART_BYTES: Final = 2**16
READ_SECONDS: Final = 10.0
MOST_BYTES: Final = 2**27
# Nobody is called idle for less, however much waits to be read.
GRACE_SECONDS: Final = 0.25
_log = logging.getLogger("fring.http")


class Readers:
    """Send large bodies; a reader has `seconds` for each part of 64 KiB.

    While answers of more than `most` bytes are being read, the reader that has kept its part
    waiting longest is cut off before its time.
    """

    def __init__(self, seconds: float = READ_SECONDS, most: int = MOST_BYTES) -> None:
        self._seconds, self._most = seconds, most
        self._reading: set[_Reader] = set()

    async def send(self, message: Event, send: Writer) -> bool:
        """Send a message with a large body; leave it unfinished, and tell, if nobody reads it."""
        body: bytes = message.get("body", b"")
        reader = _Reader(len(body))
        self._reading.add(reader)
        self._make_room()
        start = 0
        try:
            for start in range(0, len(body) or 1, PART_BYTES):
                end = start + PART_BYTES
                more = end < len(body) or message.get("more_body", False)
                async with asyncio.timeout(self._seconds) as reader.time:
                    reader.waits_since = perf_counter()
                    await send({**message, "body": body[start:end], "more_body": more})
        except TimeoutError:
            _log.warning("a client read %d of %d bytes, and no more", start, len(body))
            return False
        finally:
            self._reading.discard(reader)
        return True

    def _make_room(self) -> None:
        now = perf_counter()
        unread = sum(reader.size for reader in self._reading)
        for reader in sorted(self._reading, key=lambda reader: reader.waits_since):
            if unread <= self._most or now - reader.waits_since < GRACE_SECONDS:
                return
            unread -= reader.size
            self._reading.discard(reader)
            reader.cut_off()


class _Reader:
    """Hold how much somebody is to read, and since when the part that is sent waits for that."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.waits_since = perf_counter()
        self.time: asyncio.Timeout | None = None

    def cut_off(self) -> None:
        """Have its time be up."""
        if self.time is not None and not self.time.expired():
            self.time.reschedule(asyncio.get_running_loop().time())
