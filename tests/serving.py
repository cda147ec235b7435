"""Serve Fring in a process of its own, as its users do."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import attrs
import httpx
import pytest
import uvicorn

from benchmarks.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fring_http.api.asgi import Application

DEADLINE = 30  # seconds; it only guards against hanging


@attrs.frozen
class Server:
    """Hold a server that runs: its port, process, database, and the file that it writes to."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path
    database_url: str

    @property
    def url(self) -> str:
        """Return where the server answers."""
        return f"http://127.0.0.1:{self.port}"


def await_condition(condition, pause=0.02):
    """Return once a condition holds, asked every `pause` seconds; fail if it takes too long."""
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(pause)


def environment(**settings: str) -> dict[str, str]:
    """Return this process's environment with settings, for `fring` in another folder."""
    path = [str(Path(entry).resolve()) for entry in os.environ.get("PYTHONPATH", "").split(":")]
    ours = {"HOST": "127.0.0.1", "ENVIRONMENT": "test", "PYTHONPATH": ":".join(path)}
    theirs = {key: value for key, value in os.environ.items() if not key.startswith("FRING_TEST_")}
    return theirs | {"DATABASE_URL": ""} | ours | settings


def fring(
    folder: Path, *arguments: str, said: str = "", **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder to its end, with this on its input."""
    return subprocess.run(
        [sys.executable, "-m", "fring_http", *arguments],
        env=environment(PORT=str(free_port())) | settings,
        cwd=folder,
        input=said,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[Server]:
    """Run `fring serve` in a folder until the block ends, then stop it and expect no failure."""
    port = free_port()
    log = folder / "log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-m", "fring_http", "serve"],
            env=environment(PORT=str(port), **settings),
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        server = Server(port, process, log, settings.get("DATABASE_URL", ""))
        try:
            _wait_until_healthy(server)
            yield server
        finally:
            process.terminate()
            ended = process.wait(DEADLINE)
    written = log.read_text(errors="replace")
    assert ended == 0, written
    assert "Traceback" not in written, written


@contextmanager
def in_thread(app: Application) -> Iterator[str]:
    """Serve an application from a thread of this process, and give the URL where it answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(app, lifespan="off", log_config=None, ws="none")
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def _wait_until_healthy(server: Server) -> None:
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            if httpx.get(f"{server.url}/health", verify=False).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    pytest.fail(f"the server does not answer:\n{server.log.read_text()}")
