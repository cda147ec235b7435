"""A PostgreSQL of the test's own, on loopback, to be killed, frozen and filled."""

from __future__ import annotations

import shutil
import signal
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import attrs
import psutil
import psycopg

from benchmarks.ports import free_port
from fring_adapters.keeper.os_user import forget_copy, owner_of, reachable
from fring_adapters.postgres import prepare
from fring_adapters.postgres.embedded import PROGRAMS, embedded
from tests.faults.history import State, Task, User
from tests.serving import await_condition
from tests.standby import Postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

OURS = "SELECT pid FROM pg_stat_activity WHERE application_name = 'fring'"
TASKS = "SELECT id, title, description, status, version, updated_at FROM tasks"


@attrs.frozen
class Cluster:
    """Hold a data folder that has Fring's tables, to be copied, and programs that may run on it."""

    folder: Path
    programs: Path


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Make one, in a temporary folder that whoever PostgreSQL runs as may come to."""
    with TemporaryDirectory(prefix="fring-faults-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        data = folder / "cluster"
        programs = reachable(PROGRAMS, owner_of(data), folder / "programs")
        try:
            with embedded(data) as url:
                prepare(url)
            (data / "log").unlink()  # the keeper's own
            yield Cluster(folder, programs)
        finally:
            forget_copy(folder / "programs")


class Database(Postgres):
    """A copy of a cluster, served on a port of its own."""

    def __init__(self, made: Cluster, folder: Path, *settings: str) -> None:
        self.folder = folder / "data"
        self.port = free_port()
        super().__init__(self.folder, self.port, made.programs)
        self.sockets.mkdir(mode=0o700)
        shutil.copytree(made.folder / "cluster", self.folder)
        self._settings = ("listen_addresses=127.0.0.1", *settings)
        self.url = self.at(self.port)
        self.settings = {"DATABASE_URL": self.url}  # of a server on it

    def at(self, port: int) -> str:
        """Return the URL by which it is reached on a port."""
        return f"postgresql://postgres@127.0.0.1:{port}/postgres"

    def start(self, *more: str) -> None:
        """Start it, and return once it answers."""
        super().start(*self._settings, *more)

    def await_answer(self) -> None:
        """Return once it answers."""
        await_condition(self.answers)

    def has_started(self) -> bool:
        """Tell whether it was ever started."""
        return hasattr(self, "process")

    def kill_postmaster(self) -> None:
        """Kill the first process; the others see that it is gone, and go."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.kill()
        self.process.wait()
        await_condition(lambda: not any(map(lives, children)))

    def backends(self) -> list[psutil.Process]:
        """Return the processes that serve Fring."""
        return [psutil.Process(pid) for (pid,) in self.run(OURS) or []]

    def terminate_ours(self) -> int:
        """End Fring's connections from the database's side; return how many there were."""
        terminate = OURS.replace("pid", "pg_terminate_backend(pid)", 1)
        return len(self.run(terminate) or [])

    def set(self, name: str, value: str) -> None:
        """Set a setting for everybody, also those who are connected."""
        self.run(f"ALTER SYSTEM SET {name} = {value}")
        self.run("SELECT pg_reload_conf()")
        await_condition(lambda: self.run(f"SHOW {name}") == [(value,)])


@contextmanager
def frozen(*processes: psutil.Process) -> Iterator[None]:
    """Have processes stand still until the block ends."""
    for process in processes:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGCONT)


@contextmanager
def locking(url: str, *statements: str) -> Iterator[psycopg.Connection[Any]]:
    """Hold, in a transaction of somebody else's, what some statements lock."""
    with psycopg.connect(url) as other:
        for statement in statements:
            other.execute(statement.encode())
        yield other
        other.rollback()


def read_state(url: str) -> State:
    """Return all that is stored, as of one moment."""
    with psycopg.connect(url) as connection:
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        tasks = connection.execute(TASKS.encode()).fetchall()
        users = connection.execute("SELECT id, username, email FROM users").fetchall()
        pairs = connection.execute("SELECT user_id, task_id FROM user_tasks").fetchall()
    return State(
        tuple(Task(*row) for row in tasks),
        tuple(User(*row) for row in users),
        tuple((user, task) for user, task in pairs),
    )


def fill(folder: Path) -> Path:
    """Fill the disk that a folder is on; return the file that does, to be removed."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (2**20, 4096, 1):
            with suppress(OSError):
                while file.write(bytes(size)):
                    pass
    return ballast


def lives(process: psutil.Process) -> bool:
    """Tell whether a process has not ended."""
    with suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False
