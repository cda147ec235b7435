"""Where it is measured: databases with a board, each a copy of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import attrs
import psycopg
from psycopg.sql import SQL, Identifier

from fring_adapters.postgres.embedded import embedded
from fring_adapters.postgres.wire.urls import to_conninfo

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[1]
_PREFIX: Final = f"fring_bench_{os.getpid()}_"


def environment(**settings: str) -> dict[str, str]:
    """Return the environment of programs that are measured, whatever folder they run in."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("FRING_", "DATABASE_URL"))}
    path = [str(Path(entry).resolve()) for entry in sys.path if entry]
    return kept | {"PYTHONPATH": ":".join([str(ROOT), *path])} | settings


@attrs.define
class Place:
    """Make databases on a PostgreSQL server, and have a folder for files."""

    url: str
    folder: Path
    _made: list[str] = attrs.field(factory=list)

    def board(self, tasks: int) -> str:
        """Return the URL of a new database that has so many tasks, and a tenth as many users."""
        template = f"{_PREFIX}{tasks}"
        if template not in self._made:
            self._create(template)
            _fill(self._url_of(template), tasks, self.folder)
        name = f"{_PREFIX}copy_{len(self._made)}"
        self._create(name, template)
        return self._url_of(name)

    def drop(self) -> None:
        """Drop all databases that were made."""
        for name in self._made:
            self._run(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))

    def version(self) -> str:
        """Return the version of PostgreSQL."""
        with psycopg.connect(to_conninfo(self.url)) as connection:
            version = connection.info.server_version
        return f"{version // 10000}.{version % 10000}"

    def _create(self, name: str, template: str = "template1") -> None:
        query = SQL("CREATE DATABASE {} TEMPLATE {}")
        self._run(query.format(Identifier(name), Identifier(template)))
        self._made.append(name)

    def _run(self, query: psycopg.sql.Composed) -> None:
        with psycopg.connect(to_conninfo(self.url), autocommit=True) as connection:
            connection.execute(query)

    def _url_of(self, name: str) -> str:
        base, mark, query = self.url.partition("?")
        return f"{base.rpartition('/')[0]}/{name}{mark}{query}"


@contextmanager
def place(url: str = "") -> Iterator[Place]:
    """Give a place on the server of a URL; without one, on an embedded PostgreSQL of its own."""
    with TemporaryDirectory(prefix="fring-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if url:
            found = Place(url, folder)
            try:
                yield found
            finally:
                found.drop()
            return
        with embedded(folder / "postgres") as own:
            yield Place(own, folder)


def _fill(url: str, tasks: int, folder: Path) -> None:
    """Fill a database by the command that is there for it."""
    command = [sys.executable, "-m", "fring_http", "demo"]
    subprocess.run(
        [*command, "--users", str(max(1, tasks // 10)), "--tasks", str(tasks)],
        env=environment(DATABASE_URL=url),
        cwd=folder,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    with psycopg.connect(to_conninfo(url), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
