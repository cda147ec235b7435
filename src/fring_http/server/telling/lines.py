"""Lines for whoever reads the error output, who may be slow, or have stopped reading."""

from __future__ import annotations

import atexit
import logging
import os
from collections import deque
from functools import cache
from threading import Event, Lock, Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")

MOST_WAITING: Final = 20_000
# Lines of this time go out together.
PAUSE_SECONDS: Final = 0.05
END_SECONDS: Final = 1.0
ERROR_OUTPUT: Final = 2
PIECE_BYTES: Final = 4096  # PIPE_BUF of Linux
_log = logging.getLogger("fring.log")


class Lines:
    """Write lines to a descriptor from a thread of its own, so that nobody waits for a reader.

    If more than `MOST_WAITING` are waiting, further ones are lost, and a line says how many.
    """

    def __init__(self, descriptor: int = ERROR_OUTPUT) -> None:
        self._descriptor = descriptor
        self._waiting: deque[tuple[Callable[[Any], bytes], Any]] = deque()
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
        self.write_of(bytes, line)

    def write_of(self, make: Callable[[T], bytes], what: T) -> None:
        """Take something of which `make` is to make a line, in the other thread."""
        if len(self._waiting) >= MOST_WAITING:
            self._lost += 1
            return
        self._waiting.append((make, what))
        if not self._there_is_more.is_set():
            self._there_is_more.set()
            if self._thread is None:
                self._thread = Thread(target=self._run, name="log", daemon=True)
                self._thread.start()

    def flush(self) -> None:
        """Write what is waiting, however long that takes."""
        with self._writing:
            waiting = [self._waiting.popleft() for _ in range(len(self._waiting))]
            lost, self._lost = self._lost, 0
            for whole in _together(_made(make, what) for make, what in waiting):
                self._write(whole)
        if lost:
            _log.warning("lines that nobody read in time, and are lost: %d", lost)

    def end(self) -> None:
        """Have what is waiting written, but wait for a reader a second at most."""
        deadline = monotonic() + END_SECONDS
        self._there_is_more.set()
        while (self._waiting or self._writing.locked()) and monotonic() < deadline:
            sleep(PAUSE_SECONDS)

    def _write(self, whole: bytes) -> None:
        rest = memoryview(whole)
        while rest:
            try:
                rest = rest[os.write(self._descriptor, rest) :]
            except BlockingIOError:  # another program has made the output one that does not wait
                sleep(PAUSE_SECONDS)
            except OSError:  # nobody reads it any more
                return

    def _run(self) -> None:
        while True:
            self._there_is_more.wait()
            sleep(PAUSE_SECONDS)
            self._there_is_more.clear()
            self.flush()


def _made(make: Callable[[Any], bytes], what: object) -> bytes:
    try:
        return make(what)
    except Exception:  # noqa: BLE001  # or nothing would be written any more
        _log.exception("a line could not be made")
        return b""


def _together(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield lines in pieces that a pipe takes as a whole: other workers write into it, too."""
    piece = b""
    for line in lines:
        if len(piece) + len(line) > PIECE_BYTES:
            yield piece
            piece = b""
        piece += line
    yield piece


@cache
def shared_lines() -> Lines:
    """Return the lines of this process's error output."""
    return Lines()
