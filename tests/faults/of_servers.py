"""Faults of the server itself: its processes are killed or told to end, its clock is set back."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import attrs

from tests.faults.expected import Expected
from tests.faults.fault import Fault
from tests.faults.of_capacity import LOCK
from tests.faults.of_databases import KEYS_USED, ONCE, SETTING_WITH_KEYS, UNTOUCHED
from tests.faults.postgres import lives, locking
from tests.faults.world import Between, Setting
from tests.serving import await_condition

if TYPE_CHECKING:
    from tests.faults.world import World

UNANSWERED: Final = Expected(answered=False)
NOT_LOST: Final = "nothing acknowledged is lost"
ALONE_SECONDS: Final = 3.0
WITHHELD_ROUNDS: Final = 10
CLOCK: Final = "clock"


def killed(rounds: int, *, keys: bool = False) -> Fault:
    """Return the fault of a server all of whose processes are killed, and started again."""

    def strike(world: World) -> None:
        for _ in range(rounds):
            with world.outage():
                world.server.kill()
                world.server.start()
            time.sleep(1)

    times = f", {rounds} times" if rounds > 1 else ""
    return Fault(
        name=f"the server killed (SIGKILL){times}{KEYS_USED if keys else ''}",
        promise=f"{NOT_LOST}, and it serves as soon as it listens{ONCE if keys else ''}",
        strike=strike,
        expected=UNANSWERED,
        setting=SETTING_WITH_KEYS if keys else Setting(),
    )


def workers_killed(rounds: int) -> Fault:
    """Return the fault of workers that are killed, one after the other."""

    def strike(world: World) -> None:
        for _ in range(rounds):
            await_condition(world.server.all_listen)
            victim, *_ = world.server.workers()
            with world.outage():
                victim.kill()
            await_condition(lambda dead=victim: dead not in world.server.workers())

    return Fault(
        name="one of two workers killed (SIGKILL)",
        promise=f"{NOT_LOST}; the other one serves, and it is replaced",
        strike=strike,
        # Of the requests that it had, each gets no answer; nobody may have been at it just then.
        expected=Expected(answered=False, bites=False),
        setting=Setting(settings={"WORKERS": "2", "FRING_POOL_SIZE": "8"}),
    )


def _kill_before_answer(world: World) -> None:
    network, server = world.network, world.server
    for _ in range(WITHHELD_ROUNDS):
        seen = network.withheld
        victim, *_ = server.workers()
        with world.outage():
            network.withholds = True
            await_condition(lambda seen=seen: network.withheld > seen)
            victim.kill()
            network.withholds = False
            await_condition(
                lambda dead=victim: dead not in server.workers() and server.all_listen()
            )
        time.sleep(0.5)


UNHEARD: Final = Fault(
    name=f"a worker killed (SIGKILL) between a commit and its answer{KEYS_USED}",
    promise=f"{NOT_LOST}{ONCE}",
    strike=_kill_before_answer,
    expected=UNANSWERED,
    setting=attrs.evolve(SETTING_WITH_KEYS, proxy=Between.SERVER_AND_DATABASE),
)


def kill_parent(world: World) -> None:
    left = world.server.workers()
    with world.outage():
        world.server.process.kill()
        world.server.process.wait()
        killed_at = time.monotonic()
        await_condition(lambda: not any(map(lives, left)))
        assert time.monotonic() - killed_at < ALONE_SECONDS, "workers lived on without a parent"
        world.server.start()


PARENT_KILLED: Final = Fault(
    name="the server's first process killed (SIGKILL)",
    promise=f"{NOT_LOST}; its workers end within 3 s",
    strike=kill_parent,
    expected=UNANSWERED,
    setting=Setting(settings={"WORKERS": "2", "FRING_POOL_SIZE": "8"}),
)


def _tell_to_end(world: World) -> None:
    with world.outage():
        with locking(world.database.url, LOCK.format("tasks")):
            time.sleep(0.5)  # there are requests under way now, which wait
            world.load.history.told_to_end.append(time.monotonic())
            world.server.process.terminate()
            time.sleep(1)
        world.server.end()
        world.server.start()


TOLD_TO_END: Final = Fault(
    name="the server told to end (SIGTERM) with requests under way",
    promise=f"each of these is answered; {NOT_LOST}",
    strike=_tell_to_end,
    expected=UNANSWERED,
)


def _set_back(world: World) -> None:
    clock = world.folder / CLOCK
    with world.outage():
        for hours in (-1, -25, -2, 0):
            clock.write_text(str(hours * 3600))
            time.sleep(1)
    old = "SELECT count(*) > 0 FROM tasks WHERE created_at < now() - interval '23 hours'"
    assert world.database.run(old) == [(True,)], "the clock was not set back"


_with_moved_clock = os.pathsep.join(
    [str(Path(__file__).parent / "moved_clock"), *filter(None, map(os.path.abspath, sys.path))]
)
CLOCK_BACK: Final = Fault(
    name="the server's clock set back by an hour, and by a day",
    promise="no request fails; `updated_at` never goes back",
    strike=_set_back,
    expected=UNTOUCHED,
    setting=Setting(settings={"PYTHONPATH": _with_moved_clock, "MOVED_CLOCK": CLOCK}),
)
