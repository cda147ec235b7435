"""The contract of `fring_core.testing`, on every store."""

from contextlib import asynccontextmanager
from itertools import repeat

import psycopg
import pytest

from fring_adapters.memory import MemoryStore
from fring_adapters.postgres import BlockingPostgresStore, PoolSettings, PostgresStore, prepare
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core.testing import Fault, FaultyStore, InThreads, StoreContract
from fring_core.testing.contract.assigned_pages import AssignedPageTests
from fring_core.testing.contract.assignments import AssignmentTests
from fring_core.testing.contract.credentials import CredentialTests
from fring_core.testing.contract.event_pages import EventPageTests
from fring_core.testing.contract.event_places import EventPlaceTests
from fring_core.testing.contract.events import EventTests
from fring_core.testing.contract.events_of_changes import EventOfChangeTests
from fring_core.testing.contract.filters import FilterTests
from fring_core.testing.contract.inheritance import InheritanceTests
from fring_core.testing.contract.receipts import ReceiptTests
from fring_core.testing.contract.tasks import TaskTests
from fring_core.testing.contract.users import UserTests

# Most tests need one connection, those of races 16.
SMALL = PoolSettings(size=1, overflow=15, timeout=30)
SCHEMA = 'My "Schema"'


class TestMemoryStore(InThreads, StoreContract):
    @asynccontextmanager
    async def open_store(self):
        yield MemoryStore()


class TestFaultyStore(StoreContract):
    """A slow one, in an event loop: whoever calls is overtaken by everybody else at each call."""

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


class TestStoreInASchema(
    InThreads,
    InheritanceTests,
    AssignedPageTests,
    AssignmentTests,
    CredentialTests,
    EventPageTests,
    EventPlaceTests,
    EventOfChangeTests,
    EventTests,
    FilterTests,
    ReceiptTests,
    TaskTests,
    UserTests,
):
    """Each statement once, where other tables of these names are found without the schema."""

    @pytest.fixture(autouse=True)
    def _store_in_a_schema(self, store_in_a_schema):
        self.kept = store_in_a_schema

    @asynccontextmanager
    async def open_store(self):
        yield self.kept


@pytest.fixture(scope="module")
def in_a_schema(new_database):
    """Give a store in a schema, and a connection to its database."""
    url = new_database()
    prepare(url)
    prepare(url, schema=SCHEMA)
    with (
        psycopg.connect(to_conninfo(url), autocommit=True) as connection,
        BlockingPostgresStore(url, SMALL, schema=SCHEMA) as store,
    ):
        yield store, connection


@pytest.fixture
def store_in_a_schema(in_a_schema):
    """Give the store, emptied; at the end nothing must be in the tables beside it."""
    store, connection = in_a_schema
    names = ("user_tasks", "tasks", "users", "spent_ids", "events", "receipts", "webhooks")
    connection.execute("; ".join(f'DELETE FROM "My ""Schema""".{name}' for name in names))
    yield store
    beside = "SELECT count(*) FROM users FULL JOIN tasks ON true FULL JOIN spent_ids ON true"
    beside += " FULL JOIN receipts ON true FULL JOIN events ON true FULL JOIN webhooks ON true"
    assert connection.execute(beside).fetchone() == (0,)


@pytest.fixture
def emptied(empty):
    empty()


@pytest.fixture(scope="module")
def blocking_store(database_url):
    """Keep one store open for all tests: it is bound to no event loop."""
    with BlockingPostgresStore(database_url, SMALL) as store:
        yield store
