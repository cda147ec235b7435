"""A data folder of PostgreSQL: made, checked, and served by a process of this one's own."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fring_adapters.keeper.os_user import (
    forget_copy,
    give,
    named_user,
    owner_of,
    reachable,
    running_as,
)
from fring_adapters.keeper.pid_file import POLL_SECONDS, PidFile

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Callable

# A killed server's processes may hold its memory for a moment, and a full disk be full for long.
FIRST_PAUSE_SECONDS: Final = 0.1  # twice as long each time that it does not come up
LONGEST_PAUSE_SECONDS: Final = 5.0
FIRST_ATTEMPTS: Final = 7  # which take six seconds
SHUTDOWN_SECONDS: Final = 60.0
MAX_LOG_BYTES: Final = 10 * 2**20
_INITDB: Final = (
    "--username=postgres",
    "--auth=trust",  # for whoever may open the folder that the socket is in: nobody else
    "--encoding=UTF8",
    "--locale=C.UTF-8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
)
# Relative to the data folder, whose own path may be too long for a socket.
_SETTINGS: Final = ("listen_addresses=", "port=5432", "unix_socket_directories=.")


class ClusterError(Exception):
    """Report a data folder that PostgreSQL cannot serve, in words for people."""


class Cluster:
    """Serve a data folder with the programs of a folder; `workshop` is for what is unfinished."""

    def __init__(self, folder: Path, workshop: Path, programs: Path) -> None:
        self._folder = folder
        self._unfinished = workshop / "new"
        self._copy = workshop / "programs"
        self._programs = programs
        self._pid_file = PidFile(folder)

    async def run(self, ready: Callable[[], None]) -> None:
        """Serve until cancelled, starting again after each crash; call `ready` each time it is up.

        Raise `ClusterError` if it has never come up.
        """
        self._programs = reachable(self._programs, owner_of(self._folder), self._copy)
        try:
            await self._create()
            attempts, pause = FIRST_ATTEMPTS, FIRST_PAUSE_SECONDS
            while True:
                if await self._serve(ready):
                    attempts, pause = sys.maxsize, FIRST_PAUSE_SECONDS  # it can be served: go on
                attempts -= 1
                if not attempts:
                    raise ClusterError(f"it ends as it starts: {self._last_words()}")
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        finally:
            forget_copy(self._copy)

    async def _create(self) -> None:
        """Make the data folder, if there is none, as a whole or not at all."""
        shutil.rmtree(self._unfinished, ignore_errors=True)
        if (self._folder / "PG_VERSION").exists():
            return
        if self._folder.exists() and any(self._folder.iterdir()):
            raise ClusterError("the folder is not empty, and no PostgreSQL has finished it")
        self._unfinished.mkdir(mode=0o700)
        give(self._unfinished, named_user())
        try:
            initdb = await self._start("initdb", self._unfinished, named_user(), *_INITDB)
            try:
                said, _ = await initdb.communicate()
            finally:
                await _ended(initdb, signal.SIGTERM)
            if initdb.returncode:
                raise ClusterError(f"initdb failed: {_last_line(said)}")
            give(self._unfinished, owner_of(self._folder))
            self._unfinished.replace(self._folder)
            _write_through(self._folder.parent)
        finally:
            shutil.rmtree(self._unfinished, ignore_errors=True)

    async def _serve(self, ready: Callable[[], None]) -> bool:
        """Run the server until it ends; tell whether it was ready to serve."""
        give(self._folder, owner_of(self._folder))
        await self._pid_file.end_orphan()
        words = [word for setting in _SETTINGS for word in ("-c", setting)]
        server = await self._start("postgres", self._folder, owner_of(self._folder), *words)
        try:
            while (
                not (was_ready := self._pid_file.is_ready(server.pid)) and server.returncode is None
            ):
                await asyncio.sleep(POLL_SECONDS)
            if was_ready:
                ready()
            await server.wait()
        finally:
            await _ended(server, signal.SIGINT)  # a fast shutdown
        return was_ready

    async def _start(self, program: str, folder: Path, owner: int | None, *words: str) -> Process:
        """Start one of PostgreSQL's programs on a folder; nobody's PG… variables count."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        descriptor = os.open(folder, os.O_RDONLY)
        # Another user may not come this far, but may use what it is handed.
        path = folder if owner is None else Path(f"/proc/self/fd/{descriptor}")
        log = None if program == "initdb" else self._log()
        try:
            return await asyncio.create_subprocess_exec(
                self._programs / program,
                "-D",
                path,
                *words,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE if log is None else log,
                stderr=asyncio.subprocess.STDOUT,
                env=environment | {"LC_ALL": "C"},
                cwd="/",
                pass_fds=[descriptor],
                process_group=0,
                **running_as(owner, needs_name=program == "initdb"),
            )
        finally:
            os.close(descriptor)
            if log is not None:
                os.close(log)

    def _log(self) -> int:
        log = self._folder / "log"
        begin_anew = log.exists() and log.stat().st_size > MAX_LOG_BYTES
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | (os.O_TRUNC if begin_anew else 0)
        return os.open(log, flags, 0o600)

    def _last_words(self) -> str:
        return _last_line((self._folder / "log").read_bytes())


async def _ended(process: Process, number: signal.Signals) -> None:
    """Ask a process to end, insist after a minute, and wait until it has ended."""
    for patience, each in (
        (SHUTDOWN_SECONDS, number),
        (5.0, signal.SIGQUIT),
        (5.0, signal.SIGKILL),
    ):
        if process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.send_signal(each)
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), patience)


def _last_line(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def _write_through(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
