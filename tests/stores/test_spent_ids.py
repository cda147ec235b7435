"""Ids that are never drawn again, where PostgreSQL alone can be asked."""

import asyncio
import re
from typing import Any
from uuid import uuid4

import attrs
import psycopg
import pytest

from fring_adapters.clock import utc_now
from fring_adapters.postgres import PoolSettings, PostgresStore, prepare
from fring_adapters.postgres.sql import receipts as receipt_statements
from fring_adapters.postgres.sql import tasks as task_statements
from fring_adapters.postgres.sql import user_removal
from fring_adapters.postgres.sql import users as user_statements
from fring_adapters.postgres.wire.cursors import FringCursor
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import Fring
from fring_core.testing.contract.examples import CAUSE, add_task, add_user, save
from tests.stores.older import at_revision

pytestmark = pytest.mark.anyio
POOL = PoolSettings(size=3, timeout=30)
KINDS: dict[str, Any] = {"users": add_user, "tasks": add_task}


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def sql(database_url, empty):
    empty()
    with psycopg.connect(to_conninfo(database_url), autocommit=True) as connection:
        yield connection.execute


@pytest.fixture
async def store(database_url, sql):
    async with PostgresStore(database_url, POOL) as store:
        yield store


async def remove(store, kind, number):
    removed = (
        store.users.remove(number, CAUSE)
        if kind == "users"
        else store.tasks.remove(number, None, CAUSE)
    )
    assert await removed


async def settled(draw, sql):
    """Wait until a draw is done, or waits for a lock."""
    while not draw.done():
        if sql("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()[0]:
            return
        await asyncio.sleep(0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("chosen_again", [False, True])
async def test_a_row_that_is_being_removed_keeps_its_id(store, sql, kind, chosen_again):
    """Neither the removal nor its record is to be seen yet when the id is drawn."""
    add = KINDS[kind]
    ahead = (await add(store, "base")).id + 1
    await add(store, "ahead", ahead)
    async with store.transaction() as inner:
        await remove(inner, kind, ahead)
        draw = asyncio.create_task(add(store, "drawn"))
        await settled(draw, sql)
        if chosen_again:
            await add(inner, "again", ahead)
    assert (await draw).id != ahead
    if chosen_again:
        await remove(store, kind, ahead)
    assert (await add(store, "later")).id != ahead


@pytest.mark.parametrize("kind", KINDS)
async def test_what_the_sequence_has_passed_is_not_recorded(store, sql, kind):
    add = KINDS[kind]
    await add(store, "first", 1)
    await remove(store, kind, 1)
    assert sql("SELECT kind, id FROM spent_ids").fetchall() == [(kind, 1)], "nothing is drawn yet"
    drawn = await add(store, "drawn")
    await add(store, "first", 1)
    for number in (1, drawn.id):
        await remove(store, kind, number)
    assert sql("SELECT kind, id FROM spent_ids").fetchall() == [(kind, 1)]


async def test_a_list_is_not_inherited_though_sql_removed_its_user(store, sql):
    ahead = (await add_user(store, "base")).id + 1
    await add_user(store, "ahead", ahead, "hash")
    await add_task(store, owner=str(ahead))
    sql("DELETE FROM users WHERE id = %s", [ahead])
    assert ahead not in {(await add_user(store, f"drawn{n}")).id for n in range(4)}


async def test_what_comes_to_a_list_while_its_account_is_being_removed_goes_too(store, sql):
    """The removal waits for whoever is changing the user, and does not see what comes meanwhile."""
    user = await add_user(store, "ann", None, "hash")
    owner = str(user.id)
    await add_task(store, "before", owner=owner)
    async with store.transaction() as inner:
        await save(inner, attrs.evolve(user, username="eve"))
        removal = asyncio.create_task(store.users.remove(user.id, CAUSE))
        await settled(removal, sql)
        # In a task of its own: this one is in the block.
        adding = asyncio.create_task(add_task(store, "meanwhile", owner=owner))
        ahead = (await adding).id + 1
        await asyncio.create_task(add_task(store, "meanwhile, ahead", ahead, owner))
    assert await removal
    assert sql("SELECT title FROM tasks").fetchall() == []
    assert (await add_task(store)).id != ahead


async def test_each_schema_has_its_own(new_database):
    url = new_database()
    prepare(url)
    with psycopg.connect(to_conninfo(url), autocommit=True) as connection:
        connection.execute("CREATE SCHEMA mine")
        mine = f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3Dmine"
        prepare(mine)
        async with PostgresStore(mine, POOL) as store:
            await add_task(store, "first", 1)
            await remove(store, "tasks", 1)
            assert (await add_task(store)).id == 3
        found = connection.execute("SELECT count(*) FROM mine.spent_ids").fetchone()
        others = connection.execute("SELECT count(*) FROM public.spent_ids").fetchone()
        assert (found, others) == ((1,), (0,))


async def test_a_sequence_of_another_name_is_given_its_own(new_database):
    url = new_database()
    at_revision(url, "0002")
    with psycopg.connect(to_conninfo(url), autocommit=True) as connection:
        connection.execute('ALTER SEQUENCE tasks_id_seq RENAME TO "Another name"')
        prepare(url, upgrade=True)
    async with PostgresStore(url, POOL) as store:
        assert [(await add_task(store)).id, (await add_user(store)).id] == [1, 1]


async def test_the_rights_that_a_role_needs(new_database):
    """As docs/troubleshooting.md has them."""
    url = new_database()
    prepare(url)
    role = f"fring_test_{uuid4().hex}"
    with psycopg.connect(to_conninfo(url), autocommit=True) as connection:
        connection.execute(f"""
            CREATE ROLE {role} LOGIN;
            GRANT USAGE ON SCHEMA public TO {role};
            GRANT SELECT, INSERT, UPDATE, DELETE
                ON users, tasks, user_tasks, spent_ids, events, feed, receipts, webhooks, deliveries,
                    rate_limits TO {role};
            GRANT USAGE ON SEQUENCE users_id_seq, tasks_id_seq TO {role};
        """)
        try:
            guest = re.sub("//([^/@]*@)?", f"//{role}@", url, count=1)
            async with PostgresStore(guest, POOL) as store:
                for kind, add in KINDS.items():
                    await add(store, "ahead", 2)
                    await remove(store, kind, 2)
                    drawn = [(await add(store, f"drawn{n}")).id for n in range(2)]
                    assert 2 not in drawn
                fring = Fring(store, clock=utc_now)
                assert await fring.once("key", lambda together: together.tasks.count()) == 2
        finally:
            connection.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


@pytest.mark.parametrize(
    "statement",
    [
        user_statements.ADD,
        user_removal.REMOVE,
        user_removal.LEFT,
        task_statements.ADD,
        receipt_statements.HOLD,
        receipt_statements.KEEP,
    ],
)
def test_nothing_is_read_whole(new_database, statement):
    url = new_database()
    prepare(url)
    now = utc_now()
    parameters = dict.fromkeys(re.findall(rb"%\((\w+)\)s", statement.sql))
    values = {name.decode(): None for name in parameters} | {
        "id": 7,
        "owner": "7",
        "created_at": now,
        "updated_at": now,
        "now": now,
        "expires_at": now,
    }
    with psycopg.connect(to_conninfo(url)) as connection:
        connection.execute(
            "INSERT INTO tasks (title, owner) SELECT 't', (n % 100)::text"
            " FROM generate_series(1, 20000) AS n"
        )
        connection.execute(
            "INSERT INTO users (username, email) SELECT n, n FROM generate_series(1, 20000) AS n"
        )
        connection.execute(
            "INSERT INTO spent_ids SELECT 'users', n FROM generate_series(1, 20000) AS n"
        )
        connection.execute(
            "INSERT INTO receipts SELECT '', n, '', '', now() FROM generate_series(1, 20000) AS n"
        )
        connection.execute("ANALYZE")
        asked = statement.asked_by([values]) if statement.arrays else values
        cursor = FringCursor(connection)
        found = cursor.execute(b"EXPLAIN " + statement.within(None), asked).fetchall()
    plan = "\n".join(row for (row,) in found)
    assert not re.findall(r"Seq Scan on (?:tasks|users|spent_ids|receipts)", plan)
