"""`postmaster.pid`: what PostgreSQL writes into it, and how much of it is to be believed."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil

POLL_SECONDS: Final = 0.03
_STATUS_LINE: Final = 7  # starting, ready, or stopping


class PidFile:
    """Read the file of a data folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / "postmaster.pid"

    def is_ready(self, pid: int) -> bool:
        """Tell whether the server with this process id serves."""
        lines = self._lines()
        return lines[:1] == [str(pid)] and [x.strip() for x in lines[_STATUS_LINE:]] == ["ready"]

    async def end_orphan(self) -> None:
        """End a server of this folder whose keeper was killed, and forget one that is no more.

        PostgreSQL itself believes the file: any process that has got the number since would keep
        it from starting.
        """
        for server in self._orphans():
            server.send_signal(signal.SIGINT)
            while server.is_running() and server.status() != psutil.STATUS_ZOMBIE:
                await asyncio.sleep(POLL_SECONDS)
        self._path.unlink(missing_ok=True)

    def _orphans(self) -> list[psutil.Process]:
        """Return the process that the file names, if it is a PostgreSQL and works in this folder."""
        with suppress(psutil.Error, ValueError, IndexError, OSError):
            process = psutil.Process(int(self._lines()[0]))
            if process.name() == "postgres" and Path(process.cwd()).samefile(self._folder):
                return [process]
        return []

    def _lines(self) -> list[str]:
        try:
            return self._path.read_text().splitlines()
        except FileNotFoundError:
            return []
