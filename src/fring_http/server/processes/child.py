"""A worker as its supervisor sees it: a process that it has started, and can end."""

from __future__ import annotations

import asyncio
import signal
import socket
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Final

import attrs

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter
    from asyncio.subprocess import Process
    from collections.abc import Sequence

# Beyond the time that a statement may take, for which a request may wait.
GRACE_SECONDS: Final = 2.0
# Tells a worker that it will be ended, and to say so where it is asked whether it is ready.
UNREADY: Final = signal.SIGUSR1


@attrs.frozen(eq=False)
class Worker:
    """Hold a worker's process, its slot, and the supervisor's end of its socket."""

    process: Process
    slot: str
    reader: StreamReader
    writer: StreamWriter
    started_at: float = attrs.field(factory=monotonic)

    @classmethod
    async def start(cls, command: Sequence[str], slot: str) -> Worker:
        """Start a worker, in a process group of its own: the terminal's signals are not for it."""
        ours, its = socket.socketpair()
        with its:
            process = await asyncio.create_subprocess_exec(
                *command, stdin=its.fileno(), process_group=0
            )
        return cls(process, slot, *await asyncio.open_connection(sock=ours))

    async def serves(self) -> bool:
        """Wait until it listens, and return True, or until it ends, and return False."""
        return bool(await self.reader.read(1))

    def age(self) -> float:
        """Return for how many seconds it has been there."""
        return monotonic() - self.started_at

    def ending(self) -> str:
        """Return how it ended, for people to read."""
        code = self.process.returncode or 0
        return f"exit code {code}" if code >= 0 else signal.Signals(-code).name

    def tell(self, number: signal.Signals) -> None:
        """Send it a signal, if it is still there."""
        with suppress(ProcessLookupError):
            self.process.send_signal(number)

    async def end(self, patience: float) -> None:
        """End it, by force if it takes longer than these seconds, and wait until it has ended."""
        self.tell(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.process.wait(), patience)
        except TimeoutError:
            self.tell(signal.SIGKILL)
            await self.process.wait()
        self.writer.close()
