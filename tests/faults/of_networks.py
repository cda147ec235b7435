"""Faults of the network between server and database, and of that between clients and server."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import attrs

from tests.faults.expected import Expected
from tests.faults.fault import Fault
from tests.faults.of_databases import (
    AT_ONCE,
    IDLE_SECONDS,
    IN_TIME,
    KEYS_USED,
    NOT_LATER,
    ONCE,
    REFUSED,
    UNTOUCHED,
)
from tests.faults.workload import ON_FEW_TASKS, WITH_KEYS
from tests.faults.world import Between, Setting

if TYPE_CHECKING:
    from tests.faults.world import World

SECONDS: Final = 3
TWO_WORKERS: Final = {"WORKERS": "2", "FRING_POOL_SIZE": "8"}
TO_DATABASE: Final = Setting(proxy=Between.SERVER_AND_DATABASE)


def _delay(world: World) -> None:
    with world.outage():
        world.network.delay = 0.05
        time.sleep(SECONDS)
        world.network.delay = 0


DELAYED: Final = Fault(
    name="50 ms more to the database, and back, for two workers",
    promise="no request fails",
    strike=_delay,
    expected=UNTOUCHED,
    # Slow, so that changes of one task by two workers meet.
    setting=attrs.evolve(TO_DATABASE, settings=TWO_WORKERS, turns=(ON_FEW_TASKS,), clients=16),
)


def _drop(world: World) -> None:
    with world.outage():
        world.network.drop = 0.05
        time.sleep(SECONDS)
        world.network.drop = 0
        world.network.reset()
    assert world.network.dropped


DROPPED: Final = Fault(
    name="connections to the database reset, at 5 % of all that is sent",
    promise=AT_ONCE,
    strike=_drop,
    expected=REFUSED,
    setting=TO_DATABASE,
)


def _half_open(world: World) -> None:
    world.load.rest(IDLE_SECONDS)
    with world.outage():
        assert world.network.half_open(), "there was no connection"
        world.load.go_on()
        time.sleep(world.deadline)


HALF_OPEN: Final = Fault(
    name="idle connections to the database forgotten by the network, which tells nobody",
    promise=f"{NOT_LATER}; served again within 1 s of it",
    strike=_half_open,
    expected=Expected(bites=False),
    setting=TO_DATABASE,
)


def silent(*, idle: bool) -> Fault:
    """Return the fault of a network that passes nothing on, with statements under way or without."""

    def strike(world: World) -> None:
        if idle:
            world.load.rest(IDLE_SECONDS)
        with world.outage():
            world.network.silence()
            world.load.go_on()
            time.sleep(world.deadline + 1)
            world.network.speak()

    after = ", after a rest" if idle else ""
    return Fault(
        name=f"the network to the database falls silent{after}",
        promise=NOT_LATER if idle else IN_TIME,
        strike=strike,
        expected=Expected(at_deadline=not idle),
        setting=TO_DATABASE,
    )


def _cut(world: World) -> None:
    with world.outage():
        world.network.cut = 0.2
        time.sleep(SECONDS)
        world.network.cut = 0
    assert world.network.cuts


CUT: Final = Fault(
    name="connections to the database cut between a write and its answer, one in five",
    promise="503 within 1.5 s; each write is there once or not at all, as a whole",
    strike=_cut,
    expected=REFUSED,
    setting=TO_DATABASE,
)
CUT_WITH_KEYS: Final = attrs.evolve(
    CUT,
    name=f"{CUT.name}{KEYS_USED}",
    promise=f"503 within 1.5 s{ONCE}",
    setting=attrs.evolve(TO_DATABASE, turns=(WITH_KEYS,), keys=True),
)
CLIENTS_DROPPED: Final = Fault(
    name="connections of clients reset, at 5 % of all that is sent",
    promise="each write is there once or not at all",
    strike=_drop,
    expected=Expected(answered=False),
    setting=Setting(proxy=Between.CLIENTS_AND_SERVER),
)
