"""The real server, which may be killed, frozen and started again on its port."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpx
import psutil

from benchmarks.ports import free_port
from tests.serving import DEADLINE, await_condition, environment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Server:
    """Hold one `fring serve`."""

    def __init__(self, folder: Path, *, under: Sequence[str] = (), **settings: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "log"
        self._folder = folder
        self._command = [*under, sys.executable, "-m", "fring_http", "serve"]
        # What a killed one leaves behind goes with the folder.
        own = {"PORT": str(self.port), "TMPDIR": str(folder), "FRING_ACCESS_LOG": "off"}
        self._settings = own | settings
        self.process: subprocess.Popen[bytes]

    def start(self) -> None:
        """Start it, and return once all workers listen, whether or not there is a database."""
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self._command,
                env=environment(**self._settings),
                cwd=self._folder,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        await_condition(lambda: self.all_listen() or self.process.poll() is not None)
        assert self.process.poll() is None, self.said()
        await_condition(self.is_alive)

    def is_alive(self) -> bool:
        """Tell whether it answers."""
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/health/live", verify=False).is_success
        return False

    def workers(self) -> list[psutil.Process]:
        """Return the processes that serve."""
        return psutil.Process(self.process.pid).children()

    def all_listen(self) -> bool:
        """Tell whether as many workers as there should be have begun to listen."""
        with suppress(psutil.NoSuchProcess):
            listening = [
                each for each in self.workers() if any(map(_listens, each.net_connections()))
            ]
            return len(listening) == int(self._settings.get("WORKERS", "1"))
        return False

    def kill(self) -> None:
        """Kill all of its processes at once."""
        for process in (psutil.Process(self.process.pid), *self.workers()):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait(DEADLINE)

    def end(self) -> None:
        """Tell it to end, and expect that it does so in good order."""
        if self.process.poll() is None:
            self.process.terminate()
            assert self.process.wait(DEADLINE) == 0, self.said()

    def said(self) -> str:
        """Return all that it has logged."""
        return self.log.read_text(errors="replace")


def _listens(connection: Any) -> bool:
    return bool(connection.status == psutil.CONN_LISTEN)
