"""Lines for whoever reads the error output, who may be slow, or have stopped reading."""

from __future__ import annotations

import atexit
import os
from collections import deque
from functools import cache
from threading import Event, Lock, Thread
from time import sleep
from typing import Final

MOST_WAITING: Final = 20_000
# Lines of this time go out together.
PAUSE_SECONDS: Final = 0.02
END_SECONDS: Final = 1.0
ERROR_OUTPUT: Final = 2


class Lines:
    """Write lines to a descriptor from a thread of its own, so that nobody waits for a reader.

    If more than `MOST_WAITING` are waiting, further ones are lost, and a line says how many.
    """

    def __init__(self, descriptor: int = ERROR_OUTPUT) -> None:
        self._descriptor = descriptor
        self._waiting: deque[bytes] = deque()
        self._lost = 0
        self._writing = Lock()
        self._begin()
        if hasattr(os, "register_at_fork"):  # not on Windows
            os.register_at_fork(after_in_child=self._begin_anew)
        atexit.register(self.end)

    def _begin(self) -> None:
        self._there_is_more = Event()
        self._thread: Thread | None = None

    def _begin_anew(self) -> None:
        self._waiting.clear()  # they are the parent's
        self._writing = Lock()
        self._begin()

    def write(self, line: bytes) -> None:
        """Take a line, with its end, to be written soon."""
        if len(self._waiting) >= MOST_WAITING:
            self._lost += 1
            return
        self._waiting.append(line)
        if not self._there_is_more.is_set():
            self._there_is_more.set()
            if self._thread is None:
                self._thread = Thread(target=self._run, name="log", daemon=True)
                self._thread.start()

    def flush(self) -> None:
        """Write what is waiting, however long that takes."""
        with self._writing:
            lines = [self._waiting.popleft() for _ in range(len(self._waiting))]
            if self._lost:
                lost, self._lost = self._lost, 0
                lines.append(f"(lines that nobody read in time, and are lost: {lost})\n".encode())
            rest = memoryview(b"".join(lines))
            while rest:
                try:
                    rest = rest[os.write(self._descriptor, rest) :]
                except (
                    BlockingIOError
                ):  # another program has made the output one that does not wait
                    sleep(PAUSE_SECONDS)
                except OSError:  # nobody reads it any more
                    return

    def end(self) -> None:
        """Write what is waiting, but wait for a reader a second at most."""
        last = Thread(target=self.flush, daemon=True)
        last.start()
        last.join(END_SECONDS)

    def _run(self) -> None:
        while True:
            self._there_is_more.wait()
            sleep(PAUSE_SECONDS)
            self._there_is_more.clear()
            self.flush()


@cache
def shared_lines() -> Lines:
    """Return the lines of this process's error output."""
    return Lines()
