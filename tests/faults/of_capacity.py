"""Faults of what there is only so much of: connections, locks, and room on a disk."""

from __future__ import annotations

import time
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Final

import psycopg

from tests.faults.expected import Expected
from tests.faults.fault import Fault
from tests.faults.places import small_disk, with_settings
from tests.faults.postgres import fill, locking
from tests.faults.workload import (
    MIXED,
    ON_FEW_TASKS,
    ON_USERS,
    READS,
    assign,
    describe_at_length,
)
from tests.faults.world import Setting

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.world import World

LOCK: Final = "LOCK TABLE {} IN EXCLUSIVE MODE"
LOCKED_SECONDS: Final = 3
# In the order that is not the server's, which has the user's row when it comes to the task's.
HOT: Final = (
    "SELECT FROM tasks WHERE id IN (SELECT id FROM tasks ORDER BY id DESC LIMIT 20) FOR UPDATE",
    "SELECT FROM users WHERE id IN (SELECT id FROM users ORDER BY id DESC LIMIT 20) FOR UPDATE",
)


def locked(table: str) -> Callable[[World], None]:
    """Return what locks a table for a while, so that others may only read it."""

    def strike(world: World) -> None:
        with world.outage(), locking(world.database.url, LOCK.format(table)):
            time.sleep(LOCKED_SECONDS)

    return strike


EXHAUSTED: Final = Fault(
    name="the pool exhausted: its one connection waits for a lock",
    promise="503 within 1.5 s for who finds no connection, served again within 1 s",
    strike=locked("tasks"),
    expected=Expected(within=1.5, quick=READS),
    setting=Setting(settings={"FRING_POOL_SIZE": "1"}),
)
LOCKED: Final = Fault(
    name="the table of users locked, and more who wait for it than connections",
    promise="requests that need the table of tasks alone go on; nobody waits beyond the deadline",
    strike=locked("users"),
    expected=Expected(spared=frozenset({"create task", "change status", "describe"})),
    setting=Setting(
        settings={"FRING_POOL_SIZE": "8"}, clients=24, turns=(ON_USERS, ON_USERS, ON_FEW_TASKS)
    ),
)


def _deadlock(world: World) -> None:
    end = time.monotonic() + LOCKED_SECONDS
    with world.outage():
        while time.monotonic() < end:
            with (
                suppress(psycopg.errors.DeadlockDetected),
                psycopg.connect(world.database.url) as other,
            ):
                other.execute("SET deadlock_timeout = '1s'")  # the server notices first
                for statement in HOT:
                    other.execute(statement)
                    time.sleep(0.05)
    [(deadlocks,)] = world.database.run("SELECT sum(deadlocks) FROM pg_stat_database")
    assert deadlocks, "nobody was in a deadlock"


DEADLOCK: Final = Fault(
    name="deadlocks with another program",
    promise="tried again; a 503 at worst",
    strike=_deadlock,
    expected=Expected(bites=False),
    setting=Setting(
        place=with_settings("deadlock_timeout=200ms"), turns=((*MIXED, *[assign] * 10),)
    ),
)


def _use_up(world: World) -> None:
    url = world.database.url
    with world.outage(), ExitStack() as hoard:
        control = hoard.enter_context(psycopg.connect(url, autocommit=True))
        end = time.monotonic() + LOCKED_SECONDS
        while time.monotonic() < end:
            try:
                hoard.enter_context(psycopg.connect(url))
            except psycopg.OperationalError:  # all are taken: take those of the server, too
                control.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'fring'"
                )


TOO_MANY: Final = Fault(
    name="too many clients: `max_connections` used up",
    promise="503 within 1.5 s, served again within 1 s; nothing acknowledged is lost",
    strike=_use_up,
    expected=Expected(within=1.5),
    setting=Setting(place=with_settings("max_connections=40")),
)


def _fill_disk(world: World) -> None:
    with world.outage():
        ballast = fill(world.database.folder.parent)
        time.sleep(LOCKED_SECONDS)
        ballast.unlink()
        if world.database.process.poll() is None:
            world.database.await_answer()
        else:  # it gives up where it cannot write its log
            world.database.start()


DISK_FULL: Final = Fault(
    name="disk full",
    promise="503, never a 500; served again within 1 s; nothing acknowledged is lost",
    strike=_fill_disk,
    setting=Setting(place=small_disk, turns=((*MIXED, *[describe_at_length] * 10),)),
    needs_root=True,
)
