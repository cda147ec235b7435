"""Fring in a schema by name: beside tables of the same names, with any name that a schema has."""

import asyncio
import re
from urllib.parse import quote

import pytest

from fring_adapters.clock import utc_now
from fring_adapters.postgres import BlockingPostgresStore, PostgresStore, SchemaError, prepare
from fring_core import (
    Cause,
    NewTask,
    NewUser,
    Page,
    StoreUnavailable,
    TaskFilter,
    UserFilter,
    run_sync,
)
from fring_core.testing.contract.examples import CAUSE
from tests.stores.older import at_revision, execute

NAMES = ["fring", 'My "Schema"', "UPPER", "100%s", "it's.a\\b :c", "select", "é" * 31]


@pytest.fixture(scope="module")
def url(new_database):
    """Give a database where others have tables of the same names."""
    url = new_database()
    execute(url, "CREATE TABLE users (name text); CREATE TABLE tasks (name text)")
    return url


@pytest.mark.parametrize("schema", NAMES)
def test_a_schema_has_tables_and_ids_of_its_own(url, schema):
    assert prepare(url, schema=schema) == prepare(url, schema=schema)
    now = utc_now()
    with BlockingPostgresStore(url, schema=schema) as store:
        user = run_sync(store.users.add(NewUser("ann", "ann@example.org"), Cause(now)))
        chosen = run_sync(store.tasks.add(NewTask("task", id=1), None, Cause(now)))
        assert run_sync(store.tasks.add(NewTask("skips it"), None, Cause(now))).id > chosen.id
        assert run_sync(store.assignments.add(user.id, chosen.id, CAUSE)).changed
        assert run_sync(store.tasks.remove(chosen.id, None, CAUSE))
        assert run_sync(store.users.list(UserFilter(), Page())) == [user]
        assert run_sync(store.users.remove(user.id, CAUSE))
    assert execute(url, "SELECT * FROM users, tasks").fetchall() == []


def test_an_asynchronous_store_takes_a_schema_too(url):
    prepare(url, schema="first")
    prepare(url, schema="second")

    async def write_and_read():
        async with PostgresStore(url, schema="first") as store, store.transaction() as inside:
            task = await inside.tasks.add(NewTask("task"), None, Cause(utc_now()))
        async with PostgresStore(url, schema="second") as other:
            return task.id, await other.tasks.get(task.id, None)

    assert asyncio.run(write_and_read()) == (1, None)


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ("", "schema is empty"),
        ("a\0b", "cannot store"),
        ("\ud800", "cannot store"),
        ("é" * 32, "longer than 63 bytes"),
        ("pg_fring", "PostgreSQL's own"),
        ("information_schema", "PostgreSQL's own"),
        ("$user", "PostgreSQL's own"),
    ],
)
def test_a_name_that_no_schema_can_have_is_refused_in_words(url, schema, said):
    for take in (prepare, PostgresStore, BlockingPostgresStore):
        with pytest.raises(ValueError, match=said):
            take(url, schema=schema)


def test_what_is_no_name_is_refused(url):
    for take in (prepare, PostgresStore, BlockingPostgresStore):
        with pytest.raises(TypeError, match="schema must be a text"):
            take(url, schema=b"fring")  # type: ignore[arg-type]  # as people do


def test_an_older_database_is_moved_over_within_its_schema(new_database):
    url = new_database()
    execute(url, "CREATE SCHEMA todo")
    there = f"{url}{'&' if '?' in url else '?'}options={quote('-csearch_path=todo')}"
    at_revision(there, "0001")
    execute(there, "INSERT INTO tasks (title) VALUES ('task')")
    prepare(url, schema="todo", upgrade=True)
    with BlockingPostgresStore(url, schema="todo") as store:
        [task] = run_sync(store.tasks.list(TaskFilter(), Page(), None))
        assert task.title == "task"
    found = "SELECT to_regclass('todo.alembic_version'), to_regclass('public.fring_version')"
    assert execute(url, found).fetchone() == (None, None)
    assert prepare(there) == prepare(url, schema="todo")


def test_tables_may_move_to_a_schema(new_database):
    url = new_database()
    head = prepare(url)
    execute(url, "CREATE SCHEMA fring")
    for table in (
        "users",
        "tasks",
        "user_tasks",
        "spent_ids",
        "events",
        "feed",
        "receipts",
        "webhooks",
        "deliveries",
        "rate_limits",
        "fring_version",
    ):
        execute(url, f"ALTER TABLE {table} SET SCHEMA fring")
    assert prepare(url, schema="fring") == head
    with BlockingPostgresStore(url, schema="fring") as store:
        assert run_sync(store.tasks.add(NewTask("task"), None, Cause(utc_now()))).id == 1


@pytest.fixture
def guest(new_database):
    """Give the URL of a role that may do little, and that of one who may do all."""
    url = new_database()
    execute(url, "CREATE ROLE fring_schema_guest LOGIN")
    yield re.sub("//([^/@]*@)?", "//fring_schema_guest@", url, count=1), url
    execute(url, "DROP OWNED BY fring_schema_guest; DROP ROLE fring_schema_guest")


def test_a_role_is_told_what_it_may_not_do(guest):
    guest, owner = guest
    with pytest.raises(SchemaError, match=r"no schema 'fring', .* may not create it: .*CREATE SC"):
        prepare(guest, schema="fring")
    head = prepare(owner, schema="fring")
    with pytest.raises(SchemaError, match=r"may not use schema 'fring' of database .*GRANT USAGE"):
        prepare(guest, schema="fring")
    execute(owner, "GRANT USAGE ON SCHEMA fring TO fring_schema_guest")
    execute(owner, "GRANT SELECT ON ALL TABLES IN SCHEMA fring TO fring_schema_guest")
    assert prepare(guest, schema="fring") == head


def test_tables_of_others_in_the_schema_are_left_alone(url):
    execute(url, "CREATE SCHEMA taken; CREATE VIEW taken.tasks AS SELECT 'theirs' AS name")
    with pytest.raises(
        SchemaError, match=r"schema 'taken' of .* are not Fring's: tasks; name another"
    ):
        prepare(url, schema="taken", upgrade=True)
    assert execute(url, "SELECT to_regclass('taken.users')").fetchone() == (None,)


def test_a_store_whose_schema_was_not_prepared_says_so(url):
    said = pytest.raises(StoreUnavailable, match="not as `prepare` leaves them")
    with BlockingPostgresStore(url, schema="nowhere") as store, said:
        run_sync(store.tasks.get(1, None))
