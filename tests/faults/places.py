"""Where a database runs: as usual, with settings, late, on a small disk, or with a standby."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

from tests.faults.postgres import Database
from tests.standby import Pair

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.faults.postgres import Cluster

Place: TypeAlias = "Callable[[Cluster, Path], AbstractContextManager[Database]]"


def with_settings(*settings: str, starts: bool = True) -> Place:
    """Return a place whose PostgreSQL has these settings, and is started now, or by the fault."""

    @contextmanager
    def place(made: Cluster, folder: Path) -> Iterator[Database]:
        database = Database(made, folder, *settings)
        if starts:
            database.start()
        try:
            yield database
        finally:
            if database.has_started():
                database.stop()

    return place


plain = with_settings()
late = with_settings(starts=False)


@contextmanager
def small_disk(made: Cluster, folder: Path) -> Iterator[Database]:
    """Run a PostgreSQL on a disk that has little room."""
    with mounted(folder) as disk, plain(made, disk) as database:
        yield database


@contextmanager
def mounted(folder: Path) -> Iterator[Path]:
    """Give a disk that has little room; it takes root to mount that."""
    disk = folder / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=120m,mode=755", "tmpfs", disk], check=True)
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


class Replicated(Database):
    """A primary whose standby has each commit before it is acknowledged; both under one URL."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        sockets = pair.primary.sockets
        self.url = (
            f"postgresql://postgres@/postgres?host={sockets},{sockets}&port=5432,5433"
            "&target_session_attrs=read-write"
        )
        self.settings = {"DATABASE_URL": self.url}


@contextmanager
def replicated(made: Cluster, folder: Path) -> Iterator[Database]:
    """Run a primary and a standby."""
    pair = Pair(folder, made.programs)
    try:
        pair.primary.run("ALTER SYSTEM SET synchronous_standby_names = '*'")
        pair.primary.run("SELECT pg_reload_conf()")
        yield Replicated(pair)
    finally:
        pair.stop()
