"""The server's first process: it keeps workers alive, and ends them all when it is told to.

It serves nobody and knows no database, so that there is little that it could die of. A worker's
standard input is one end of a socket. The worker sends a byte over it once it listens; when the
supervisor dies, however it does, the worker reads the end of it.
"""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar

from fring_http.server.processes.child import Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

T = TypeVar("T")

# A worker that ends sooner than this is replaced after a pause, longer each time.
SOON_SECONDS: Final = 5.0
FIRST_PAUSE_SECONDS: Final = 0.1
LONGEST_PAUSE_SECONDS: Final = 5.0


class Supervisor:
    """Run a command as a number of workers until a signal ends them.

    SIGINT and SIGTERM end. SIGHUP ends if it came because the terminal was closed; otherwise each
    worker gives way to a new one as soon as that one listens, unless `reloads` is False. Told to
    end, the workers say so where they are asked whether they are ready, and go on for `drain`
    seconds; told again, they end at once. `say` tells people what happens, `greeting` as soon as
    the first worker listens.
    """

    def __init__(
        self,
        command: Sequence[str],
        workers: int,
        say: Callable[[str], None],
        *,
        greeting: str,
        reloads: bool,
        drain: float = 0.0,
    ) -> None:
        self._command = command
        self._say = say
        self._greeting = greeting
        self._reloads = reloads
        self._drain = drain
        self._had_terminal = _has_terminal()
        self._stopping = asyncio.Event()
        self._drained = asyncio.Event()
        self._workers: dict[int, Worker] = {}
        self._places = range(workers)
        self._reloading: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Keep the workers running; return when it was told to end and the last has ended."""
        for number in (signal.SIGINT, signal.SIGTERM):
            _on(number, self._stop)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as it is under nohup
            _on(signal.SIGHUP, self._hang_up)
        await asyncio.gather(*map(self._keep, self._places))
        if self._reloading is not None:
            await self._reloading

    async def _keep(self, place: int) -> None:
        """Keep a worker in its place until it is time to end, then end it."""
        pause = FIRST_PAUSE_SECONDS
        while not self._stopping.is_set():
            try:
                if place not in self._workers:
                    self._workers[place] = await Worker.start(self._command)
                    await self._greet(self._workers[place])
            except OSError as error:  # the machine has no room for it
                self._say(f"a worker cannot start: {error}")
            else:
                worker = self._workers[place]
                await self._unless_stopped(worker.process.wait())
                if worker.process.returncode is None or self._workers[place] is not worker:
                    continue
                del self._workers[place]
                self._say(f"worker {worker.process.pid} has ended ({worker.ending()})")
                pause = FIRST_PAUSE_SECONDS if worker.age() > SOON_SECONDS else pause
            await self._unless_stopped(asyncio.sleep(pause))
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        if place in self._workers:
            self._workers[place].tell_that_it_will_end()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._drained.wait(), self._drain)
            await self._workers.pop(place).end()

    async def _greet(self, worker: Worker) -> None:
        if await self._unless_stopped(worker.serves()) and self._greeting:
            self._say(self._greeting)
            self._greeting = ""

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
            self._say("SIGHUP would empty memory://, so the workers stay")
        elif self._reloading is None or self._reloading.done():
            self._reloading = asyncio.create_task(self._reload())

    async def _reload(self) -> None:
        for place in self._places:
            try:
                new = await Worker.start(self._command)
            except OSError as error:
                self._say(f"a worker cannot start: {error}")
                return
            serves = await self._unless_stopped(new.serves())
            if not serves or self._stopping.is_set():
                await new.end()
                self._say("a new worker does not serve: the old ones stay")
                return
            old, self._workers[place] = self._workers.get(place), new
            if old is not None:
                self._say(f"worker {new.process.pid} replaces {old.process.pid}")
                await old.end()


def _on(number: signal.Signals, react: Callable[[], None]) -> None:
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
