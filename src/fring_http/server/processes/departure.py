"""How a worker leaves without a request being lost on its way in.

A connection between two requests may bring the next one at the very moment at which it is closed,
and a client does not know then whether it was carried out. So whoever calls is told to come over
another connection first, and for a while. A connection that the kernel has, and nobody has accepted
yet, would be cut off with the socket that listens. So no more of them begin before it is closed.
"""

from __future__ import annotations

import asyncio
import ctypes
import signal
import socket
import struct
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from fring_http.server.processes.child import UNREADY

if TYPE_CHECKING:
    from fring_http.server.wiring import Wiring

# In which connections that have begun are accepted, and bring their request.
SETTLING_SECONDS: Final = 0.05
_SO_ATTACH_FILTER: Final = 26
# For segments of TCP: what asks for a connection (SYN without ACK) is dropped, and else is kept.
_NO_BEGINNINGS: Final = (
    (0x30, 0, 0, 13),  # load the flags
    (0x54, 0, 0, 0x12),  # of them, SYN and ACK
    (0x15, 0, 1, 0x02),  # if it is SYN alone,
    (0x06, 0, 0, 0),  # keep nothing,
    (0x06, 0, 0, 0xFFFFFFFF),  # else everything
)


class Departure:
    """Hear the signals of a worker, and tell when it is time to end.

    Told to end, it goes on for `drain` seconds, in which every answer ends its connection. Told by
    `UNREADY`, it goes on until it is told to end. Told twice, in whatever order, it is time at once.
    """

    def __init__(self, wiring: Wiring, drain: float) -> None:
        self.time_to_end = asyncio.Event()
        self._wiring, self._drain = wiring, drain
        self._leaves = False
        self._loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            self._loop.add_signal_handler(number, self._end)
        self._loop.add_signal_handler(UNREADY, self._will_end)

    def at_once(self) -> None:
        """Make it time to end; any thread may say so."""
        with suppress(RuntimeError):  # it has ended
            self._loop.call_soon_threadsafe(self.time_to_end.set)

    def _end(self) -> None:
        self._leave()
        self._loop.call_later(self._drain, self.time_to_end.set)

    def _will_end(self) -> None:
        self._wiring.readiness.will_end()
        self._leave()

    def _leave(self) -> None:
        if self._leaves:
            self.time_to_end.set()
        self._leaves = True
        self._wiring.exchanges.end_connections()


class Door:
    """Hold a socket that listens beside the one who accepts from it, who may close it any time."""

    def __init__(self, listening: socket.socket) -> None:
        self._socket = listening.dup()

    def close(self) -> bool:
        """Let no more connections begin; return False where the system does not know how."""
        with self._socket:  # which stays open elsewhere
            if sys.platform != "linux":
                return False
            code = b"".join(struct.pack("HBBI", *each) for each in _NO_BEGINNINGS)
            buffer = ctypes.create_string_buffer(code)
            program = struct.pack("HP", len(_NO_BEGINNINGS), ctypes.addressof(buffer))
            try:
                self._socket.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)
            except OSError:
                return False
            return True
