"""The headline: clients close thousands of tasks while nearly everything breaks.

They are Fring's own, which give each write a key and try again what fails for now.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import attrs

from fring_core import TaskStatus
from fring_http.client import BlockingFringClient
from tests.faults.places import plain
from tests.faults.proxy import Proxy
from tests.faults.server import Server

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.faults.postgres import Cluster, Database

NAME: Final = "headline: eight clients close 10,000 tasks"
TASKS: Final = 10_000
RESTARTS: Final = 2
CLIENTS: Final = 8
DROP: Final = 0.05  # of the pieces that clients and server send; an exchange has two
MAKE: Final = "INSERT INTO tasks (title) SELECT 'task ' || n FROM generate_series(1, {}) n"
# A row has version 1 as it is made, and one more with each change.
AUDIT: Final = (
    "SELECT count(*) FILTER (WHERE status = 'completed'), count(*) FILTER (WHERE version = 2)"
    " FROM tasks"
)


@attrs.frozen
class Closed:
    """Hold what became of so many `tasks`: of how many it is so in the end, and what it took."""

    tasks: int
    closed: int
    changed_once: int
    raised: Sequence[str]
    dropped: int
    restarts: int
    seconds: float

    @property
    def is_kept(self) -> bool:
        """Tell whether all were closed, each once, nobody got an exception, and it was tried."""
        all_once = self.closed == self.changed_once == self.tasks
        return all_once and not self.raised and self.dropped > 0

    def __str__(self) -> str:
        return (
            f"{self.closed:,} of {self.tasks:,} tasks closed, {self.changed_once:,} of them changed"
            f" once; {self.dropped:,} connections reset, the database killed {self.restarts} times;"
            f" {len(self.raised)} exceptions; {self.seconds:.0f} s"
        )


def close_all(made: Cluster, folder: Path, tasks: int = TASKS, restarts: int = RESTARTS) -> Closed:
    """Have clients close tasks in an empty folder, and kill the database meanwhile."""
    folder.chmod(0o711)  # PostgreSQL may be another user's
    with ExitStack() as stack:
        database = stack.enter_context(plain(made, folder))
        database.run(MAKE.format(tasks))
        server = Server(folder, **database.settings)
        stack.callback(server.end)
        server.start()
        network = stack.enter_context(Proxy(server.port))
        network.drop = DROP
        closing = _Closing(f"http://127.0.0.1:{network.port}", range(1, tasks + 1))
        began = time.monotonic()
        with ThreadPoolExecutor(CLIENTS) as threads:
            for number in range(CLIENTS):
                threads.submit(closing.run, number)
            for number in range(1, restarts + 1):
                closing.await_share(number / (restarts + 1))
                _restart(database)
        seconds = time.monotonic() - began
        [(closed, once)] = database.run(AUDIT)
    return Closed(tasks, closed, once, closing.raised, network.dropped, restarts, seconds)


class _Closing:
    """Close tasks, each client its own, and collect what is raised."""

    def __init__(self, url: str, ids: Sequence[int]) -> None:
        self.raised: list[str] = []
        self._url = url
        self._ids = ids
        self._done: list[int] = []

    def run(self, number: int) -> None:
        """Be one of the clients."""
        with BlockingFringClient(self._url) as fring:
            for task_id in self._ids[number::CLIENTS]:
                try:
                    fring.tasks.set_status(task_id, TaskStatus.COMPLETED)
                except Exception as error:  # noqa: BLE001  # whatever it is, it reached a caller
                    self.raised.append(f"task {task_id}: {error!r}")
                self._done.append(task_id)

    def await_share(self, share: float) -> None:
        """Return once so many tasks have been seen to."""
        while len(self._done) < share * len(self._ids):
            time.sleep(0.01)


def _restart(database: Database) -> None:
    database.kill_postmaster()
    database.start()
