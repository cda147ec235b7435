"""The servers that are measured: Fring as it runs in production, the floor, the reference stack."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Final

import attrs
import psutil

from benchmarks.places import environment
from benchmarks.ports import free_port
from fring_adapters.postgres.wire.urls import to_conninfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from benchmarks.places import Place

FRING, FLOOR, REFERENCE = "Fring", "floor", "reference"
ALL: Final = (FRING, FLOOR, REFERENCE)
_DEADLINE: Final = 60.0
_FIRST: Final = "/api/v1/tasks?limit=1"  # the database has its part in the first answer
_GRANIAN: Final = ("granian", "--interface", "asgi", "--loop", "uvloop", "--no-ws", "--http", "1")
# Systems give connections one above these.
_NEVER_GIVEN: Final = range(10_000, 32_768)


@attrs.frozen
class Server:
    """Hold a server that answers; `seconds` passed from its command to its first answer."""

    port: int
    process: subprocess.Popen[bytes]
    seconds: float

    def worker(self) -> psutil.Process:
        """Return the process that answers."""
        own = psutil.Process(self.process.pid)
        workers = [each for each in own.children() if "python" in each.name()]
        return max(workers, key=lambda each: int(each.memory_info().rss), default=own)


@contextmanager
def serving(
    name: str, url: str, folder: Path, settings: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Run a server of that name on a database until the block ends; without a URL, on its own.

    Raise `RuntimeError`, with what it wrote, if it does not answer.
    """
    port = free_port()
    with (
        open(f"{folder}/{name}-{port}.log", "w+b") as log,  # noqa: PTH123  # shorter
        subprocess.Popen(
            _command(name, port),
            env=environment(**_settings(name, url, port) | dict(settings or {})),
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            began = time.perf_counter()
            if not _answers(port, process):
                log.seek(0)
                raise RuntimeError(f"{name} does not answer:\n{log.read().decode()}")
            yield Server(port, process, time.perf_counter() - began)
        finally:
            process.terminate()


@contextmanager
def all_serving(boards: Sequence[tuple[str, int]], place: Place) -> Iterator[list[Server]]:
    """Run servers at once, each by its name, on a board of so many tasks of its own."""
    own = [serving(name, place.board(tasks), place.folder) for name, tasks in boards]
    with ExitStack() as stack:
        with ThreadPoolExecutor() as pool:
            servers = [*pool.map(stack.enter_context, own)]
        yield servers


def _command(name: str, port: int) -> list[str]:
    if name == FRING:
        return [sys.executable, "-m", "fring_http", "serve"]
    return [sys.executable, "-m", *_GRANIAN, "--port", str(port), f"benchmarks.{name}:app"]


def _settings(name: str, url: str, port: int) -> dict[str, str]:
    """Return the settings; Fring's are those of its defaults, logs and metrics included."""
    if name != FRING:
        return {"CONNINFO": to_conninfo(url)}
    return {
        "DATABASE_URL": url,
        "PORT": str(port),
        "WORKERS": "1",
        "ENVIRONMENT": "production",
        "FRING_AUTH": "off",
    }


def _answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Wait for the first answer; tell whether it came."""
    deadline = time.monotonic() + _DEADLINE
    while time.monotonic() < deadline and process.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=_DEADLINE)
        try:
            connection.request("GET", _FIRST)
            if connection.getresponse().status < HTTPStatus.INTERNAL_SERVER_ERROR:
                return True
        except (OSError, HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.002)
    return False
