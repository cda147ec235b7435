"""The server's first process: it keeps workers alive, and ends them all when it is told to.

It serves nobody and knows no database, so that there is little that it could die of. A worker's
standard input is one end of a socket. The worker sends a byte over it once it listens; when the
supervisor dies, however it does, the worker reads the end of it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from fring_http.server.processes.child import GRACE_SECONDS, UNREADY, Worker
from fring_http.server.processes.slots import Slots

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

T = TypeVar("T")

# A worker that ends sooner than this is replaced after a pause, longer each time.
SOON_SECONDS: Final = 5.0
FIRST_PAUSE_SECONDS: Final = 0.1
LONGEST_PAUSE_SECONDS: Final = 5.0
WATCHED: Final = (".py", ".env", ".env.development")


_log = logging.getLogger("fring.server")


class Supervisor:
    """Run a command as a number of workers until a signal ends them.

    `command` makes the command line from a slot. SIGINT and SIGTERM end. SIGHUP ends if it came
    because the terminal was closed; otherwise each worker gives way to a new one as soon as that
    one listens, unless `reloads` is False, and so it is when files of the current folder change, if
    it `watches` them. Told to end, the workers say so where they are asked whether they are ready,
    and go on for `drain` seconds; told again, they end at once, but for requests, which may take
    `statement_timeout` seconds more. `greet` is called as soon as the first worker listens.
    """

    def __init__(
        self,
        command: Callable[[str], Sequence[str]],
        workers: int,
        greet: Callable[[], object],
        *,
        reloads: bool,
        watches: bool = False,
        drain: float = 0.0,
        statement_timeout: float = 10.0,
        slots: Slots | None = None,
    ) -> None:
        self._command = command
        self._greet_once: Callable[[], object] | None = greet
        self._reloads = reloads
        self._watches = watches
        self._drain = drain
        self._patience = statement_timeout + GRACE_SECONDS
        self._slots = slots or Slots()
        self._had_terminal = _has_terminal()
        self._stopping = asyncio.Event()
        self._drained = asyncio.Event()
        self._workers: dict[int, Worker] = {}
        self._places = range(workers)
        self._reloading: asyncio.Task[None] | None = None
        self._again = False

    async def run(self) -> None:
        """Keep the workers running; return when it was told to end and the last has ended."""
        for number in (signal.SIGINT, signal.SIGTERM):
            on_signal(number, self._stop)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as it is under nohup
            on_signal(signal.SIGHUP, self._hang_up)
        watching = [asyncio.create_task(self._watch())] if self._watches else []
        await asyncio.gather(*map(self._keep, self._places))
        if self._reloading is not None:
            await self._reloading
        for task in watching:
            task.cancel()

    async def _keep(self, place: int) -> None:
        """Keep a worker in its place until it is time to end, then end it."""
        pause = FIRST_PAUSE_SECONDS
        while not self._stopping.is_set():
            try:
                if place not in self._workers:
                    self._workers[place] = await self._start()
                    await self._greet(self._workers[place])
            except OSError as error:  # the machine has no room for it
                _log.error("a worker cannot start: %s", error)  # it says enough
            else:
                worker = self._workers[place]
                await self._unless_stopped(worker.process.wait())
                if worker.process.returncode is None or self._workers[place] is not worker:
                    continue
                del self._workers[place]
                self._slots.give_back(worker.slot)
                _log.warning("worker %d has ended (%s)", worker.process.pid, worker.ending())
                pause = FIRST_PAUSE_SECONDS if worker.age() > SOON_SECONDS else pause
            await self._unless_stopped(asyncio.sleep(pause))
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        if place in self._workers:
            await self._let_go(self._workers.pop(place), UNREADY)

    async def _start(self) -> Worker:
        slot = self._slots.take()
        try:
            return await Worker.start(self._command(slot), slot)
        except OSError:
            self._slots.give_back(slot)
            raise

    async def _let_go(self, worker: Worker, number: signal.Signals) -> None:
        """Tell a worker by a signal that it will end, and end it when callers have gone elsewhere."""
        worker.tell(number)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._drained.wait(), self._drain)
        await self._end(worker)

    async def _end(self, worker: Worker) -> None:
        await worker.end(self._patience)
        self._slots.give_back(worker.slot)

    async def _greet(self, worker: Worker) -> None:
        if await self._unless_stopped(worker.serves()) and self._greet_once:
            self._greet_once()
            self._greet_once = None

    async def _unless_stopped(self, awaitable: Coroutine[Any, Any, T]) -> T | None:
        """Return what the awaitable gives, or None at once when it is time to end."""
        task, stopped = asyncio.create_task(awaitable), asyncio.create_task(self._stopping.wait())
        await asyncio.wait([task, stopped], return_when=asyncio.FIRST_COMPLETED)
        task.cancel()
        stopped.cancel()
        return task.result() if task.done() else None

    def _stop(self) -> None:
        if self._stopping.is_set():  # somebody is in a hurry
            self._drained.set()
        self._stopping.set()

    def _hang_up(self) -> None:
        if self._had_terminal and not _has_terminal():
            self._stopping.set()
        elif not self._reloads:
            _log.warning("a reload would empty memory://, so the workers stay")
        elif self._reloading is None or self._reloading.done():
            self._reloading = asyncio.create_task(self._reload())
        else:  # once more, or what has changed since it began would not count
            self._again = True

    async def _watch(self) -> None:
        # Only here: servers in earnest do without.
        from watchfiles import awatch  # noqa: PLC0415

        def is_code(_: object, path: str) -> bool:
            return path.endswith(WATCHED)

        try:
            async for _ in awatch(Path.cwd(), watch_filter=is_code):
                self._hang_up()
        except OSError as error:  # there is a limit to what may be watched
            _log.error("files are not watched: %s", error)  # it says enough

    async def _reload(self) -> None:
        self._again = True
        while self._again and not self._stopping.is_set():
            self._again = False
            await self._replace_all()

    async def _replace_all(self) -> None:
        for place in self._places:
            try:
                new = await self._start()
            except OSError as error:
                _log.error("a worker cannot start: %s", error)  # as above
                return
            serves = await self._unless_stopped(new.serves())
            if not serves or self._stopping.is_set():
                new.tell(UNREADY)  # or it would go on for a while
                await self._end(new)
                _log.error("a new worker does not serve: the old ones stay")
                return
            old, self._workers[place] = self._workers.get(place), new
            if old is not None:
                _log.info("worker %d replaces %d", new.process.pid, old.process.pid)
                await self._let_go(old, signal.SIGTERM)


def on_signal(number: signal.Signals, react: Callable[[], None]) -> None:
    """React to a signal in the loop, and to those that come after its end not at all.

    The loop's own handlers end with it, and a signal would then end the process at once.
    """
    loop = asyncio.get_running_loop()

    def handle(*_: object) -> None:
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(react)

    signal.signal(number, handle)


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY))
    except OSError:
        return False
    return True
