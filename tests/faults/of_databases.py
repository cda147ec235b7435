"""Faults of a database: it dies, stands still, comes late, or only reads."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import psutil

from tests.faults.expected import Expected
from tests.faults.fault import Fault
from tests.faults.places import Replicated, late, replicated
from tests.faults.postgres import frozen
from tests.faults.workload import EVERYTHING, READS, WITH_KEYS
from tests.faults.world import Setting

if TYPE_CHECKING:
    from tests.faults.world import World

IDLE_SECONDS: Final = 1.5  # after which the pool asks a connection whether it lives
REFUSED: Final = Expected(within=1.5)
UNTOUCHED: Final = Expected(spared=EVERYTHING, bites=False)
KEYS_USED: Final = ", each write with a key and tried again"
ONCE: Final = "; as many tasks as keys, each changed once per key"
SETTING_WITH_KEYS: Final = Setting(turns=(WITH_KEYS,), keys=True)
NOT_LATER: Final = "an answer at the deadline + 0.3 s at the latest; nothing acknowledged is lost"
IN_TIME: Final = "503 at the deadline ± 0.3 s; nothing acknowledged is lost"
AT_ONCE: Final = "503 within 1.5 s, served again within 1 s; nothing acknowledged is lost"


def killed(seconds: float, rounds: int = 1, *, keys: bool = False) -> Fault:
    """Return the fault of a database that is killed, and started again after so many seconds."""

    def strike(world: World) -> None:
        for _ in range(rounds):
            with world.outage():
                world.database.kill_postmaster()
                time.sleep(seconds)
                world.database.start()
            if rounds > 1:
                time.sleep(1)

    # Those who call wait a second for a connection: a short outage need not cost anybody anything.
    expected = Expected(within=1.5, bites=seconds > 1)
    times = f", {rounds} times" if rounds > 1 else f", started again after {seconds:g} s"
    return Fault(
        name=f"PostgreSQL killed (SIGKILL){times}{KEYS_USED if keys else ''}",
        promise=f"{AT_ONCE}{ONCE if keys else ''}",
        strike=strike,
        expected=expected,
        setting=SETTING_WITH_KEYS if keys else Setting(),
    )


def _terminate(world: World) -> None:
    with world.outage():
        assert sum(_terminated(world) for _ in range(10))


def _terminated(world: World) -> int:
    time.sleep(0.2)
    return world.database.terminate_ours()


TERMINATED: Final = Fault(
    name="all connections ended (`pg_terminate_backend`), 10 times",
    promise=AT_ONCE,
    strike=_terminate,
    expected=REFUSED,
)


def frozen_backends(*, idle: bool) -> Fault:
    """Return the fault of server processes that stand still, with statements or without."""

    def strike(world: World) -> None:
        if idle:
            world.load.rest(IDLE_SECONDS)
        with frozen(*world.database.backends()), world.outage():
            world.load.go_on()
            time.sleep(world.deadline + 1)

    which = "idle connections" if idle else "connections in use"
    return Fault(
        name=f"server processes of {which} frozen (SIGSTOP)",
        promise=NOT_LATER if idle else IN_TIME,
        strike=strike,
        expected=Expected(at_deadline=not idle, bites=not idle),
    )


def _freeze_all(world: World) -> None:
    postmaster = psutil.Process(world.database.process.pid)
    with frozen(postmaster, *postmaster.children()), world.outage():
        time.sleep(world.deadline + 1)


FROZEN: Final = Fault(
    name="all of PostgreSQL frozen",
    promise=IN_TIME,
    strike=_freeze_all,
    expected=Expected(at_deadline=True),
)


def _freeze_postmaster(world: World) -> None:
    with frozen(psutil.Process(world.database.process.pid)), world.outage():
        time.sleep(3)


FROZEN_POSTMASTER: Final = Fault(
    name="the postmaster alone frozen",
    promise="no request notices",
    strike=_freeze_postmaster,
    expected=UNTOUCHED,
)


def _arrive(world: World) -> None:
    with world.outage():
        time.sleep(2)
        world.database.start()


LATE: Final = Fault(
    name="no database at the start, which comes later",
    promise="the server starts, and waits for it; " + AT_ONCE,
    strike=_arrive,
    expected=REFUSED,
    setting=Setting(place=late),
)


def _only_read(world: World) -> None:
    with world.outage():
        world.database.set("default_transaction_read_only", "on")
        time.sleep(3)
        world.database.set("default_transaction_read_only", "off")


READ_ONLY: Final = Fault(
    name="the database only reads (`default_transaction_read_only`)",
    promise="reads go on; writes get 503 within 1.5 s, and are served again within 1 s",
    strike=_only_read,
    expected=Expected(within=1.5, spared=READS),
)


def _promote(world: World) -> None:
    assert isinstance(world.database, Replicated)
    with world.outage():
        world.database.pair.primary.kill()
        time.sleep(1)
        assert world.database.pair.standby.run("SELECT pg_promote()") == [(True,)]


PROMOTED: Final = Fault(
    name="the primary killed, its synchronous standby promoted, both in `DATABASE_URL`",
    promise=AT_ONCE,
    strike=_promote,
    expected=REFUSED,
    setting=Setting(place=replicated),
)
