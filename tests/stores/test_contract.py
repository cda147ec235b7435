"""The contract of `fring_core.testing`, on every store."""

from contextlib import asynccontextmanager
from itertools import repeat

import pytest

from fring_adapters.memory import MemoryStore
from fring_adapters.postgres import BlockingPostgresStore, PoolSettings, PostgresStore
from fring_core.testing import Fault, FaultyStore, InThreads, StoreContract

# Most tests need one connection, those of races 16.
SMALL = PoolSettings(size=1, overflow=15, timeout=30)


class TestMemoryStore(InThreads, StoreContract):
    @asynccontextmanager
    async def open_store(self):
        yield MemoryStore()


class TestFaultyStore(InThreads, StoreContract):
    @asynccontextmanager
    async def open_store(self):
        yield FaultyStore(MemoryStore())


class TestSlowStore(StoreContract):
    """In an event loop, where whoever calls is overtaken by everybody else at each call."""

    @asynccontextmanager
    async def open_store(self):
        yield FaultyStore(MemoryStore(), repeat(Fault.DELAY))


@pytest.mark.usefixtures("emptied")
class TestPostgresStore(StoreContract):
    @pytest.fixture(autouse=True)
    def _database(self, database_url):
        self.url = database_url

    @asynccontextmanager
    async def open_store(self):
        async with PostgresStore(self.url, SMALL) as store:
            yield store

    @asynccontextmanager
    async def reopen(self, store):
        async with PostgresStore(self.url, SMALL) as again:
            yield again


@pytest.mark.usefixtures("emptied")
class TestBlockingPostgresStore(InThreads, StoreContract):
    @pytest.fixture(autouse=True)
    def _blocking_store(self, blocking_store, database_url):
        self.kept, self.url = blocking_store, database_url

    @asynccontextmanager
    async def open_store(self):
        yield self.kept

    @asynccontextmanager
    async def reopen(self, store):
        with BlockingPostgresStore(self.url, SMALL) as again:
            yield again


@pytest.fixture
def emptied(empty):
    empty()


@pytest.fixture(scope="module")
def blocking_store(database_url):
    """Keep one store open for all tests: it is bound to no event loop."""
    with BlockingPostgresStore(database_url, SMALL) as store:
        yield store
