"""The feed, followed while many write and nearly everything breaks: each change once, in one order.

Writers are Fring's own: half of them in transactions that take a while, of which a fifth is rolled
back, the others over HTTP, on two servers. So are the readers, half of whom follow what comes, while
the others ask for pages.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from itertools import count
from typing import TYPE_CHECKING, Final

import attrs

from fring_adapters.clock import utc_now
from fring_adapters.postgres import PoolSettings, PostgresStore
from fring_core import Fring, FringError, NewTask, TaskStatus, Unavailable
from fring_http.client import BlockingFringClient
from tests.faults.places import plain
from tests.faults.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from fring_core import Event
    from tests.faults.postgres import Cluster, Database

TASKS: Final = 60
READERS: Final = 4
WRITERS: Final = 32
LONGEST_SECONDS: Final = 0.5  # that a transaction takes
ROLLED_BACK: Final = 0.2  # of the transactions
AWAY_SECONDS: Final = 0.2
PATIENCE_SECONDS: Final = 60.0
LAST: Final = "the last one"
# In the order of the feed only readers know them; here it is that each is there.
COMMITTED: Final = "SELECT task_id, version FROM events WHERE task_id IS NOT NULL ORDER BY id"
LATE: Final = "SELECT count(*) FROM events WHERE late_after IS NOT NULL"


@attrs.frozen
class Run:
    """Say what is done to the servers meanwhile, for so many `seconds`."""

    name: str
    kills: bool = False
    holds: bool = False
    seconds: float = 60.0
    writers: int = WRITERS


RUNS: Final = (
    Run("feed: 32 writers, four readers, two servers"),
    Run("feed: the same, a server and the database killed (SIGKILL) meanwhile", kills=True),
    Run("feed: the same, with a writing transaction that is open all the time", holds=True),
)


@attrs.frozen
class Followed:
    """Hold what was committed, and what each reader was told."""

    run: Run
    committed: Sequence[tuple[int | None, int]]
    told: Sequence[Sequence[Event]]
    raised: Sequence[str]
    late: int
    seconds: float

    def faults(self) -> list[str]:
        """Return what is not as it is promised; nothing if all is well."""
        found = [*self.raised]
        once = Counter(self.committed)
        if set(once.values()) != {1}:
            found.append("a version of a task was recorded twice")
        first = [event.cursor for event in self.told[0]]
        for number, events in enumerate(self.told):
            seen = Counter((event.task_id, event.version) for event in events)
            if seen != once:
                missing, more = once - seen, seen - once
                found.append(f"reader {number} missed {[*missing][:5]}, and had {[*more][:5]} more")
            if [event.cursor for event in events] != first:
                found.append(f"reader {number} was told in another order than the first one")
            versions: dict[int | None, int] = {}
            for event in events:
                if event.version <= versions.get(event.task_id, 0):
                    found.append(f"reader {number} was told of {event.task_id} out of order")
                versions[event.task_id] = event.version
        return found

    def __str__(self) -> str:
        return (
            f"{len(self.committed):,} events, {self.late:,} of them late, told to"
            f" {len(self.told)} readers, each once and in one order; {self.seconds:.0f} s"
        )


def follow(made: Cluster, folder: Path, run: Run) -> Followed:
    """Have many write and some read, in an empty folder, and break what the run says."""
    folder.chmod(0o711)  # PostgreSQL may be another user's
    with ExitStack() as stack:
        database = stack.enter_context(plain(made, folder))
        servers = []
        for name in ("one", "two"):
            (folder / name).mkdir()
            server = Server(folder / name, **database.settings)
            stack.callback(server.end)
            server.start()
            servers.append(server)
        world = _World(run, database, [server.url for server in servers])
        began = time.monotonic()
        with ThreadPoolExecutor(READERS + run.writers) as threads:
            readers = [threads.submit(world.read, number) for number in range(READERS)]
            writers = [threads.submit(world.write, number) for number in range(run.writers // 2)]
            writers.append(threads.submit(asyncio.run, world.write_together()))
            if run.kills:
                _break(run, database, servers[1])
            for writer in writers:
                writer.result()
            world.end()
            told = [reader.result() for reader in readers]
        seconds = time.monotonic() - began
        committed = database.run(COMMITTED) or []
        [(late,)] = database.run(LATE) or [(0,)]
    return Followed(run, committed, told, world.raised, late, seconds)


class _World:
    """Hold the tasks that all write, and what was raised where nothing should be."""

    def __init__(self, run: Run, database: Database, urls: Sequence[str]) -> None:
        self.raised: list[str] = []
        self._run, self._database, self._urls = run, database, urls
        self._until = time.monotonic() + run.seconds
        with BlockingFringClient(urls[0]) as fring:
            self._ids = [fring.tasks.create(NewTask(f"task {each}")).id for each in range(TASKS)]

    def read(self, number: int) -> list[Event]:
        """Return all that is told up to the last task, from the beginning."""
        found: list[Event] = []
        url = self._urls[number % 2]
        with BlockingFringClient(url, patience=PATIENCE_SECONDS) as fring:
            try:
                for event in _pages(fring, number) if number % 4 > 1 else fring.events.after():
                    found.append(event)
                    if event.after.get("title") == LAST:
                        return found
            except FringError as error:
                self.raised.append(f"reader {number}: {error!r}")
        return found

    def write(self, number: int) -> None:
        """Change tasks over HTTP, one by one, until the time is up."""
        chosen = random.Random(number)
        url = self._urls[number % 2]
        with BlockingFringClient(url, patience=PATIENCE_SECONDS) as fring:
            for each in count():
                if time.monotonic() > self._until:
                    return
                try:
                    if each % 4:
                        status = chosen.choice([*TaskStatus])
                        fring.tasks.set_status(chosen.choice(self._ids), status)
                    else:
                        fring.tasks.create(NewTask(f"{number}: {each}"))
                except FringError as error:
                    self.raised.append(f"writer {number}: {error!r}")
                time.sleep(chosen.random() * 0.1)

    async def write_together(self) -> None:
        """Change tasks in transactions, many at the same time, until the time is up."""
        async with PostgresStore(self._database.url, PoolSettings(size=self._run.writers)) as store:
            fring = Fring(store, clock=utc_now)
            each = range(self._run.writers // 2)
            holding = [self._hold(fring)] if self._run.holds else []
            await asyncio.gather(*holding, *(self._together(fring, number) for number in each))

    async def _hold(self, fring: Fring) -> None:
        """Have a transaction be open all the time, and then commit it."""
        async with fring.transaction() as together:
            await together.tasks.create(NewTask("held"))
            await asyncio.sleep(self._until - time.monotonic())

    async def _together(self, fring: Fring, number: int) -> None:
        chosen = random.Random(1000 + number)
        while time.monotonic() < self._until:
            with suppress(_Undo):
                try:
                    async with fring.transaction() as together:
                        changes = chosen.randint(1, 4)
                        for _ in range(changes):
                            await together.tasks.toggle(chosen.choice(self._ids))
                            await asyncio.sleep(chosen.random() * LONGEST_SECONDS / changes)
                        if chosen.random() < ROLLED_BACK:
                            raise _Undo
                except Unavailable:  # whether it was committed, the table knows
                    await asyncio.sleep(AWAY_SECONDS)

    def end(self) -> None:
        """Write the last one, after all others."""
        with BlockingFringClient(self._urls[0], patience=PATIENCE_SECONDS) as fring:
            fring.tasks.create(NewTask(LAST))


class _Undo(Exception):  # noqa: N818  # what it is for
    """Roll a transaction back."""


def _pages(fring: BlockingFringClient, number: int) -> Iterator[Event]:
    """Yield what is told, in pages of all sizes."""
    chosen, cursor = random.Random(number), None
    while True:
        page = fring.events.page(cursor, limit=chosen.choice((1, 3, 50, 1000)))
        yield from page.items
        cursor = page.next
        if not page.more:
            time.sleep(chosen.random() * 0.2)


def _break(run: Run, database: Database, server: Server) -> None:
    """Kill a server, and the database, and start each again."""
    time.sleep(run.seconds / 3)
    server.kill()
    server.start()
    time.sleep(run.seconds / 3)
    database.kill_postmaster()
    database.start()
