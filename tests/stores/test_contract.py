"""The contract of `fring_core.testing`, on every store."""

from contextlib import asynccontextmanager
from itertools import repeat

import pytest

from fring_adapters.memory import MemoryStore
from fring_adapters.postgres import BlockingPostgresStore, PoolSettings, PostgresStore
from fring_core.testing import Fault, FaultyStore, InThreads, StoreContract

SMALL = PoolSettings(size=2, overflow=14, timeout=30)


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


class OnPostgres(StoreContract):
    @pytest.fixture(autouse=True)
    def _database(self, database_url, empty):
        empty()
        self.url = database_url


class TestPostgresStore(OnPostgres):
    @asynccontextmanager
    async def open_store(self):
        async with PostgresStore(self.url, SMALL) as store:
            yield store


class TestBlockingPostgresStore(InThreads, OnPostgres):
    @asynccontextmanager
    async def open_store(self):
        with BlockingPostgresStore(self.url, SMALL) as store:
            yield store
