"""A store on a connection of the host's: what both do comes about together, or not at all."""

import asyncio
from typing import Any

import psycopg
import pytest
import sqlalchemy
from psycopg.rows import dict_row
from psycopg.types.string import StrDumper

from fring_adapters.clock import utc_now
from fring_adapters.postgres import BlockingPostgresStore, PostgresStore, prepare
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import Fring, IdTaken, NewTask, NewUser, UsernameTaken, run_sync


@pytest.fixture(scope="module")
def url(new_database):
    """Give the URL of a database where the host has a table too."""
    url = new_database()
    prepare(url)
    with psycopg.connect(to_conninfo(url)) as connection:
        connection.execute("CREATE TABLE orders (title text)")
    return url


@pytest.fixture
def stored(url):
    """Give a function that returns the titles of orders and tasks, on an empty database."""
    with psycopg.connect(to_conninfo(url), autocommit=True) as connection:
        connection.execute("TRUNCATE orders, tasks, users, user_tasks")

        def titles():
            return [
                [title for (title,) in connection.execute(f"SELECT title FROM {table} ORDER BY 1")]
                for table in ("orders", "tasks")
            ]

        yield titles


ORDER = "INSERT INTO orders VALUES (%s)"


def on(connection):
    return Fring(BlockingPostgresStore.on(connection), clock=utc_now)


def on_async(connection):
    return Fring(PostgresStore.on(connection), clock=utc_now)


def test_the_host_commits_or_rolls_back(url, stored):
    with psycopg.connect(to_conninfo(url)) as connection:
        for end, kept in ((connection.rollback, []), (connection.commit, ["both"])):
            connection.execute(ORDER, ["both"])
            run_sync(on(connection).tasks.create(NewTask("both")))
            assert stored() == [[], []]
            end()
            assert stored() == [kept, kept]


def test_a_call_of_ours_begins_the_transaction_of_the_host(url, stored):
    with psycopg.connect(to_conninfo(url)) as connection:
        for end, kept in ((connection.rollback, []), (connection.commit, ["both"])):
            run_sync(on(connection).tasks.create(NewTask("both")))
            connection.execute(ORDER, ["both"])
            end()
            assert stored() == [kept, kept]


def test_the_same_in_an_event_loop(url, stored):
    async def scenario():
        async with await psycopg.AsyncConnection.connect(to_conninfo(url)) as connection:
            for end, kept in ((connection.rollback, []), (connection.commit, ["both"])):
                await on_async(connection).tasks.create(NewTask("both"))
                await connection.execute(ORDER, ["both"])
                assert stored() == [[], []]
                await end()
                assert stored() == [kept, kept]

    asyncio.run(scenario())


def test_in_autocommit_a_call_is_one_of_its_own_outside_of_a_block(url, stored):
    with psycopg.connect(to_conninfo(url), autocommit=True) as connection:
        fring = on(connection)
        run_sync(fring.tasks.create(NewTask("alone")))
        assert stored() == [[], ["alone"]]
        with connection.transaction(force_rollback=True):
            connection.execute(ORDER, ["undone"])
            run_sync(fring.tasks.create(NewTask("undone")))
        assert stored() == [[], ["alone"]]
        with connection.transaction():
            connection.execute(ORDER, ["done"])
            run_sync(fring.tasks.create(NewTask("done")))
        assert stored() == [["done"], ["alone", "done"]]


def test_a_call_that_raises_leaves_the_transaction_as_it_was(url, stored):
    async def failing(fring):
        async with fring.transaction() as inner:
            await inner.tasks.create(NewTask("undone"))
            await inner.tasks.create(NewTask("undone", id=1))

    with psycopg.connect(to_conninfo(url)) as connection:
        fring = on(connection)
        connection.execute(ORDER, ["kept"])
        run_sync(fring.tasks.create(NewTask("kept", id=1)))
        run_sync(fring.users.create(NewUser("ann", "ann@example.org")))
        with pytest.raises(UsernameTaken):
            run_sync(fring.users.create(NewUser("ann", "other@example.org")))
        with pytest.raises(IdTaken):
            run_sync(failing(fring))
        connection.commit()
    assert stored() == [["kept"], ["kept"]]


class Shouting(StrDumper):
    def dump(self, obj):
        return super().dump(obj.upper())


def test_the_settings_of_the_connection_are_the_hosts(url, stored):
    theirs: dict[str, Any] = {"row_factory": dict_row, "cursor_factory": psycopg.RawCursor}
    with psycopg.connect(to_conninfo(url), **theirs) as connection:
        connection.prepare_threshold = None
        connection.adapters.register_dumper(str, Shouting)
        connection.execute("SET TIME ZONE 'Asia/Tokyo'")
        before = dict(vars(connection))
        fring = on(connection)
        task = run_sync(fring.tasks.create(NewTask("quiet")))
        assert run_sync(fring.tasks.get_with_users(task.id)).task == task
        assert run_sync(fring.tasks.list()) == [task]
        connection.execute("INSERT INTO orders VALUES ($1)", ["loud"])
        [row] = connection.execute("SELECT title FROM orders").fetchall()
        assert row == {"title": "LOUD"}
        assert {name: vars(connection)[name] for name in before} == before
        assert connection.prepare_threshold is None
        connection.commit()
    assert stored() == [["LOUD"], ["quiet"]]


def test_a_transaction_of_the_host_that_has_failed_is_named(url, stored):
    with psycopg.connect(to_conninfo(url)) as connection:
        with pytest.raises(psycopg.errors.UndefinedTable):
            connection.execute("SELECT FROM none_such")
        with pytest.raises(RuntimeError, match="has failed: roll it back"):
            run_sync(on(connection).tasks.list())
        connection.rollback()
        assert run_sync(on(connection).tasks.list()) == []


def test_what_is_no_such_connection_is_refused(url):
    async def scenario():
        connection = await psycopg.AsyncConnection.connect(to_conninfo(url))
        with pytest.raises(TypeError, match=r": PostgresStore\.on takes that"):
            on(connection)
        on_async(connection)
        await connection.close()
        with pytest.raises(RuntimeError, match="is closed"):
            on_async(connection)

    asyncio.run(scenario())
    connection = psycopg.connect(to_conninfo(url))
    with pytest.raises(TypeError, match=r": BlockingPostgresStore\.on takes that"):
        on_async(connection)
    connection.close()
    with pytest.raises(RuntimeError, match="is closed"):
        on(connection)
    with (
        psycopg.connect(to_conninfo(url), client_encoding="latin1") as connection,
        pytest.raises(ValueError, match="client_encoding=utf8"),
    ):
        on(connection)


def test_a_connection_of_sqlalchemys(url, stored):
    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(to_conninfo(url))
    )
    order = sqlalchemy.text("INSERT INTO orders VALUES (:title)")
    with engine.connect() as connection, pytest.raises(TypeError, match="driver_connection"):
        on(connection)
    for end, kept in (("rollback", []), ("commit", ["both"])):
        with engine.connect() as connection, connection.begin() as transaction:
            run_sync(on(connection.connection.driver_connection).tasks.create(NewTask("both")))
            connection.execute(order, {"title": "both"})
            getattr(transaction, end)()
        assert stored() == [kept, kept]
    engine.dispose()
