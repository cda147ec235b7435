"""Where it is measured: databases with a board, each a copy of its own."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import attrs
import psycopg
from psycopg.sql import SQL, Identifier

from fring_adapters.postgres import prepare
from fring_adapters.postgres.embedded import embedded
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_http.server.command.board import fill
from fring_http.server.settings import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[1]
_MOST_COPIED: Final = 100_000  # larger boards are used once, and copying them would take room


def environment(**settings: str) -> dict[str, str]:
    """Return the environment of programs that are measured, whatever folder they run in."""
    ours = {name for each in SETTINGS for name in (each.variable, each.in_file)}
    kept = {name: text for name, text in os.environ.items() if name not in ours}
    path = [Path(entry).resolve() for entry in kept.get("PYTHONPATH", "").split(":") if entry]
    return kept | {"PYTHONPATH": ":".join(map(str, [*path, ROOT]))} | settings


@attrs.define
class Place:
    """Make databases on a PostgreSQL server, and have a folder for files."""

    url: str
    folder: Path
    _name: str = attrs.field(factory=lambda: f"fring_bench_{uuid4().hex}", init=False)
    _made: list[str] = attrs.field(factory=list, init=False)

    def board(self, tasks: int) -> str:
        """Return the URL of a new database that has so many tasks, and a tenth as many users."""
        if tasks > _MOST_COPIED:
            return self._filled(f"{self._name}_{len(self._made)}", tasks)
        template = f"{self._name}_of_{tasks}"
        if template not in self._made:
            self._filled(template, tasks)
        return self._create(f"{self._name}_{len(self._made)}", template)

    def drop(self) -> None:
        """Drop all databases that were made."""
        for name in self._made:
            self._run(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))

    def version(self) -> str:
        """Return the version of PostgreSQL."""
        with psycopg.connect(to_conninfo(self.url)) as connection:
            version = connection.info.server_version
        return f"{version // 10000}.{version % 10000}"

    def _filled(self, name: str, tasks: int) -> str:
        url = self._create(name)
        prepare(url)
        fill(url, max(1, tasks // 10), tasks)
        with psycopg.connect(to_conninfo(url), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        return url

    def _create(self, name: str, template: str = "template1") -> str:
        query = SQL("CREATE DATABASE {} TEMPLATE {}")
        self._run(query.format(Identifier(name), Identifier(template)))
        self._made.append(name)
        return self._url_of(name)

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
