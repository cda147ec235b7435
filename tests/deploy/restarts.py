"""Rolling restarts under load: whether any request fails, and any write is lost or done twice."""

from __future__ import annotations

import signal
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from tests.deploy.fleet import Instance, fleet, nginx
from tests.deploy.load import Load
from tests.serving import await_condition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ROUNDS: Final = 10
WORKERS: Final = 4
# Longer than the proxies keep an idle connection, as the files have it.
DRAIN: Final = "5"
SETTINGS: Final = {"FRING_ACCESS_LOG": "off", "FRING_POOL_SIZE": "4"}


def rolling(folder: Path, url: str) -> str:
    """Restart each of two servers behind nginx ten times, one after the other."""
    folder.mkdir()
    settings = SETTINGS | {"DATABASE_URL": url, "FRING_DRAIN_SECONDS": DRAIN}
    with (
        fleet(folder, 2, **settings) as both,
        nginx(folder / "nginx", [each.port for each in both]) as port,
        _loaded(port, url) as load,
    ):
        for _ in range(ROUNDS):
            for instance in both:
                instance.end()
                instance.start()
    return f"{2 * ROUNDS} restarts behind nginx: {load.told()}"


def workers_told_to_end(folder: Path, url: str) -> str:
    """Tell one of four workers to end, ten times, and have the server replace it."""

    def replace(instance: Instance) -> None:
        worker = instance.workers()[0]
        worker.terminate()
        await_condition(
            lambda: worker not in instance.workers() and len(instance.workers()) == WORKERS
        )

    return f"{ROUNDS} workers of {WORKERS} told to end: " + _alone(folder, url, replace)


def reloads(folder: Path, url: str) -> str:
    """Have a server of four workers replace them all, ten times."""

    def reload(instance: Instance) -> None:
        before = {*instance.workers()}
        instance.process.send_signal(signal.SIGHUP)
        await_condition(
            lambda: len(instance.workers()) == WORKERS and not before & {*instance.workers()}
        )

    return f"{ROUNDS} reloads of {WORKERS} workers: " + _alone(folder, url, reload)


def _alone(folder: Path, url: str, act: Callable[[Instance], None]) -> str:
    """Do something to one server without a proxy, under load over kept and over new connections."""
    folder.mkdir()
    settings = SETTINGS | {"DATABASE_URL": url, "WORKERS": str(WORKERS)}
    told = []
    with fleet(folder, 1, **settings) as [instance]:
        for fresh in (False, True):
            with _loaded(instance.port, url, fresh=fresh) as load:
                for _ in range(ROUNDS // 2):
                    act(instance)
                    time.sleep(1)  # or the server would wait longer each time
            told.append(load.told())
    return "; over new connections ".join(told)


@contextmanager
def _loaded(port: int, url: str, *, fresh: bool = False) -> Iterator[Load]:
    with Load(port, fresh=fresh) as load:
        time.sleep(1)
        yield load
        time.sleep(1)
    assert not load.failures, (len(load.failures), load.told(), load.failures[:10])
    assert load.acknowledged
    lost = load.lost(url)
    assert not lost, lost[:10]
