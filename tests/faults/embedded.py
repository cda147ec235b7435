"""The database that a server brings along, as a place: it is there for as long as it is used."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import quote

import psutil

from fring_adapters.postgres.setup.short_paths import shortened
from tests.faults.places import mounted
from tests.faults.postgres import Database, lives
from tests.serving import await_condition

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.faults.places import Place
    from tests.faults.postgres import Cluster


class Embedded(Database):
    """A database that nobody here starts, with its data below a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "postgres"
        self.pid_file = self.folder / "postmaster.pid"
        host = quote(str(shortened(self.folder)), safe="/")
        self.url = f"postgresql://postgres@/postgres?host={host}&port=5432"
        self.settings = {"FRING_DATA_DIR": str(folder)}

    def postmaster(self) -> psutil.Process:
        """Return PostgreSQL's first process, whose parent is its keeper."""
        return psutil.Process(int(self.pid_file.read_text().split()[0]))

    def keeper(self) -> psutil.Process:
        """Return the process that looks after it."""
        found = self.postmaster().parent()
        assert found is not None
        return found

    def await_end(self) -> None:
        """Return once it has stopped in good order."""
        await_condition(lambda: not self.pid_file.exists())


def embedded_in(name: str) -> Place:
    """Return a place whose database is in a folder of this name, and has ended with its users."""

    @contextmanager
    def place(_: Cluster, folder: Path) -> Iterator[Embedded]:
        database = Embedded(folder / name)
        yield database
        database.await_end()

    return place


@contextmanager
def on_small_disk(_: Cluster, folder: Path) -> Iterator[Embedded]:
    """Give one whose disk has little room."""
    with mounted(folder) as disk:
        database = Embedded(disk / "data")
        yield database
        database.await_end()


def kill(*processes: psutil.Process) -> None:
    """Kill processes, and return once they are gone."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # PostgreSQL's come and go
            process.kill()
    await_condition(lambda: not any(map(lives, processes)))
