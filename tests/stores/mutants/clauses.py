"""The contract on stores with a fault: a test module that pytest collects for `running` alone."""

from contextlib import asynccontextmanager

import pytest

from fring_core.testing import InThreads, StoreContract
from tests.stores.mutants.loading import load
from tests.stores.mutants.pausing import renew


class OnMutants(StoreContract):
    time_limit = 5  # some faults make a store wait for ever

    @pytest.fixture(autouse=True)
    def mutant(self, request):
        self.package = load(request.param)
        renew()


class OnPostgres(OnMutants):
    @pytest.fixture(autouse=True)
    def database(self, database_url, empty):
        empty()
        self.url = database_url

    @property
    def pool(self):
        return self.package.PoolSettings(size=1, overflow=15, timeout=30)


class TestMemory(InThreads, OnMutants):
    @asynccontextmanager
    async def open_store(self):
        yield self.package.MemoryStore()


class TestPostgres(OnPostgres):
    @asynccontextmanager
    async def open_store(self):
        async with self.package.PostgresStore(self.url, self.pool) as store:
            yield store

    def reopen(self, store):
        return self.open_store()


class TestBlockingPostgres(InThreads, OnPostgres):
    @asynccontextmanager
    async def open_store(self):
        with self.package.BlockingPostgresStore(self.url, self.pool) as store:
            yield store

    def reopen(self, store):
        return self.open_store()
