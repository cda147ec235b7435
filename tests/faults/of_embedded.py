"""Faults of what a laptop has: a server with a database of its own, in a folder."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final

import attrs
import httpx
import psutil

from tests.faults.embedded import Embedded, embedded_in, kill, on_small_disk
from tests.faults.expected import Expected
from tests.faults.fault import Fault
from tests.faults.of_capacity import LOCKED_SECONDS
from tests.faults.of_databases import AT_ONCE
from tests.faults.of_servers import NOT_LOST, UNANSWERED, kill_parent
from tests.faults.postgres import fill
from tests.faults.server import Server
from tests.faults.workload import MIXED, describe_at_length
from tests.faults.world import Setting
from tests.serving import await_condition

if TYPE_CHECKING:
    from tests.faults.world import World

ROUNDS: Final = 5
# Only to its processes does it look so: to the files of Python, which may lie in root's home, it
# still is root.
NOT_AS_ROOT: Final = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
# What a shell, a URL or PostgreSQL's own settings could take for something else; and too long for
# a socket.
ODD_FOLDER: Final = f"Meine Projekte (für 日本) 'n' %20 $HOME/{'langer Weg/' * 12}Daten"
BY_ITSELF: Final = f"started again by itself; {AT_ONCE}"
NEXT_START: Final = f"the next start works by itself; {NOT_LOST}"
SETTING: Final = Setting(place=embedded_in("data"))


def _database(world: World) -> Embedded:
    assert isinstance(world.database, Embedded)
    return world.database


def _kill_database(world: World) -> None:
    for _ in range(ROUNDS):
        with world.outage():
            kill(_database(world).postmaster())
            world.database.await_answer()
        time.sleep(1)


def _kill_keeper(world: World) -> None:
    for _ in range(ROUNDS):
        with world.outage():
            old = _database(world).postmaster()
            kill(_database(world).keeper())
            await_condition(lambda old=old: not old.is_running())
            world.database.await_answer()
        time.sleep(1)


def _kill_server(world: World) -> None:
    for number in range(ROUNDS):
        with world.outage():
            world.server.kill()
            if number % 2:
                _database(world).await_end()
            world.server.start()
        time.sleep(1)


def _kill_all(world: World) -> None:
    database = _database(world)
    for pids in ("", "1\n", f"{os.getpid()}\n{database.folder}\n17", None):
        with world.outage():
            postmaster = database.postmaster()
            everybody = [psutil.Process(world.server.process.pid), *world.server.workers()]
            kill(*everybody, database.keeper(), postmaster, *postmaster.children())
            world.server.process.wait()
            if pids is not None:
                database.pid_file.write_text(pids)
            world.server.start()
        time.sleep(1)


def _share(world: World) -> None:
    database, other = _database(world), Server(world.folder, **world.database.settings)
    other.start()
    postmaster = database.postmaster()
    with world.outage():
        world.server.kill()
        for _ in range(20):
            assert httpx.get(f"{other.url}/api/v1/tasks").is_success, "the other one was touched"
        world.server.start()
    other.kill()
    time.sleep(1)
    assert database.postmaster() == postmaster, "it did not run on for the one that was left"


def _fill_disk(world: World) -> None:
    with world.outage():
        ballast = fill(world.database.folder.parent)
        time.sleep(LOCKED_SECONDS)
        ballast.unlink()
        world.database.await_answer()


def _kill_both(world: World) -> None:
    _kill_database(world)
    _kill_server(world)


def _kill_both_not_as_root(world: World) -> None:
    owner = _database(world).folder.stat().st_uid
    assert owner == os.geteuid(), "root gives the data to somebody else"
    _kill_both(world)


KILLED: Final = Fault(
    name=f"the embedded PostgreSQL killed (SIGKILL), {ROUNDS} times",
    promise=BY_ITSELF,
    strike=_kill_database,
    expected=Expected(within=1.5, bites=False),
    setting=SETTING,
)
KEEPER_KILLED: Final = Fault(
    name=f"the keeper of the embedded PostgreSQL killed (SIGKILL), {ROUNDS} times",
    promise=BY_ITSELF,
    strike=_kill_keeper,
    expected=Expected(within=1.5, bites=False),
    setting=SETTING,
)
SERVER_KILLED: Final = Fault(
    name="the server on an embedded PostgreSQL killed (SIGKILL), and started again at once, or"
    f" when that has stopped by itself, {ROUNDS} times",
    promise=NEXT_START,
    strike=_kill_server,
    expected=UNANSWERED,
    setting=SETTING,
)
PARENT_KILLED: Final = Fault(
    name="the first process of a server on an embedded PostgreSQL killed (SIGKILL)",
    promise=NEXT_START,
    strike=kill_parent,
    expected=UNANSWERED,
    setting=attrs.evolve(SETTING, settings={"WORKERS": "2", "FRING_POOL_SIZE": "8"}),
)
ALL_KILLED: Final = Fault(
    name="a server, its embedded PostgreSQL and the keeper killed (SIGKILL) at once, the list of"
    " process ids left empty, torn, another's, and as it was",
    promise=NEXT_START,
    strike=_kill_all,
    expected=UNANSWERED,
    setting=SETTING,
)
SHARED: Final = Fault(
    name="two servers on one embedded PostgreSQL, one of them killed (SIGKILL), and then the other",
    promise="the other one serves on, and PostgreSQL stops with the last one",
    strike=_share,
    expected=UNANSWERED,
    setting=SETTING,
)
DISK_FULL: Final = Fault(
    name="disk full, with the embedded PostgreSQL on it",
    promise=f"503, never a 500; served again within 1 s; {NOT_LOST}",
    strike=_fill_disk,
    setting=Setting(place=on_small_disk, turns=((*MIXED, *[describe_at_length] * 10),)),
    needs_root=True,
)
ODD: Final = Fault(
    name="the embedded PostgreSQL and its server killed (SIGKILL), in a folder whose path is long"
    " and has blanks, umlauts and quotes",
    promise=NEXT_START,
    strike=_kill_both,
    expected=UNANSWERED,
    setting=Setting(place=embedded_in(ODD_FOLDER)),
)
NOT_ROOT: Final = Fault(
    name="the embedded PostgreSQL and its server killed (SIGKILL), as a user that is not root",
    promise=NEXT_START,
    strike=_kill_both_not_as_root,
    expected=UNANSWERED,
    setting=attrs.evolve(SETTING, under=NOT_AS_ROOT),
    needs_root=True,
)
EMBEDDED: Final = (
    KILLED,
    KEEPER_KILLED,
    SERVER_KILLED,
    PARENT_KILLED,
    ALL_KILLED,
    SHARED,
    DISK_FULL,
    ODD,
    NOT_ROOT,
)
