"""What a fault strikes: a database, a server on it, a network between, and clients."""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from enum import Enum
from typing import TYPE_CHECKING

import attrs

from tests.faults.load import Load
from tests.faults.places import plain
from tests.faults.proxy import Proxy
from tests.faults.server import Server
from tests.faults.workload import MIXED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.faults.load import Caller
    from tests.faults.places import Place
    from tests.faults.postgres import Cluster, Database


class Between(Enum):
    """Say where the network is that can be broken."""

    SERVER_AND_DATABASE = 1
    CLIENTS_AND_SERVER = 2


@attrs.frozen(kw_only=True)
class Setting:
    """Say what a world is made of.

    `place` runs the database, `settings` are the server's, `proxy` is in the network if there is
    one. Of `turns`, each client takes the next. With `keys`, writes have one and are
    tried again. The server runs `under` a program, if there is one.
    """

    place: Place = plain
    settings: Mapping[str, str] = attrs.field(factory=dict)
    proxy: Between | None = None
    clients: int = 8
    turns: Sequence[Sequence[Callable[[Caller], object]]] = (MIXED,)
    keys: bool = False
    under: Sequence[str] = ()


@attrs.frozen
class World:
    """Hold it; `deadline` is the server's for a request, in seconds."""

    database: Database
    server: Server
    load: Load
    folder: Path
    deadline: float
    _network: Proxy | None

    @property
    def network(self) -> Proxy:
        """Return the proxy in the network."""
        assert self._network is not None
        return self._network

    @contextmanager
    def outage(self) -> Iterator[None]:
        """Note that something is broken for as long as the block lasts."""
        began = time.monotonic()
        yield
        self.load.note_outage(began, time.monotonic())


@contextmanager
def world(setting: Setting, made: Cluster, folder: Path, deadline: float) -> Iterator[World]:
    """Make one, with clients that call, and take it down in good order."""
    with ExitStack() as stack:
        database = stack.enter_context(setting.place(made, folder))
        settings = {"FRING_REQUEST_SECONDS": str(deadline), **database.settings}
        network = None
        if setting.proxy is Between.SERVER_AND_DATABASE:
            network = stack.enter_context(Proxy(database.port, reads=True))
            settings["DATABASE_URL"] = database.at(network.port)
        server = Server(folder, under=setting.under, **settings, **setting.settings)
        stack.callback(server.end)
        server.start()
        called = server.url
        if setting.proxy is Between.CLIENTS_AND_SERVER:
            network = stack.enter_context(Proxy(server.port))
            called = f"http://127.0.0.1:{network.port}"
        load = Load(called, database.url, setting.turns, setting.clients, keys=setting.keys)
        with load:
            yield World(database, server, load, folder, deadline, network)
