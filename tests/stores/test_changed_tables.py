"""Tables that change under a store that is open: prepared anew, or said in words."""

import asyncio

import psycopg
import pytest

from fring_adapters.clock import utc_now
from fring_adapters.postgres import BlockingPostgresStore, PoolSettings, PostgresStore, prepare
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import Fring, NewTask, StoreUnavailable, TaskChanges, run_sync

TWO = PoolSettings(size=2, timeout=10)


@pytest.fixture(scope="module")
def url(new_database):
    url = new_database()
    prepare(url)
    return url


@pytest.fixture(scope="module")
def sql(url):
    with psycopg.connect(to_conninfo(url), autocommit=True) as connection:
        yield connection.execute


@pytest.fixture(params=["async", "blocking"])
def run(request, url):
    """Give a function that runs a coroutine function on a Fring, with two connections."""
    if request.param == "async":
        with asyncio.Runner() as runner:
            store = PostgresStore(url, TWO)
            runner.run(store.__aenter__())
            runner.run(store._pool.wait())
            yield lambda scenario: runner.run(scenario(Fring(store, clock=utc_now)))
            runner.run(store.__aexit__(None, None, None))
    else:
        with BlockingPostgresStore(url, TWO) as blocking:
            blocking._pool.wait()
            yield lambda scenario: run_sync(scenario(Fring(blocking, clock=utc_now)))


async def use(fring):
    """Read and write."""
    task = await fring.tasks.create(NewTask("task"))
    await fring.tasks.update(task.id, TaskChanges(title="changed"))
    found = (await fring.tasks.get_with_users(task.id)).task
    assert found in await fring.tasks.list()
    await fring.tasks.delete(task.id)
    return found.title


async def use_together(fring):
    """Read and write in a transaction."""
    async with fring.transaction() as inner, inner.transaction() as innermost:
        return await use(innermost)


SCENARIOS = (use, use, use_together, use_together)  # on both connections


def test_a_column_of_another_type_costs_no_call(run, sql):
    for kind in ("text", "varchar(300)", "varchar"):
        for scenario in SCENARIOS:
            assert run(scenario) == "changed"
        sql(f'ALTER TABLE tasks ALTER title TYPE {kind} COLLATE "C"')
    for scenario in SCENARIOS:
        assert run(scenario) == "changed"


def test_the_first_call_of_a_transaction_may_be_the_one_that_notices(run, sql):
    async def noticing(fring):
        async with fring.transaction() as inner:
            await inner.users.list()
            sql('ALTER TABLE tasks ALTER title TYPE text COLLATE "C"')
            await inner.tasks.list()
            return await use(inner)

    run(use_together)
    run(use_together)
    assert run(noticing) == "changed"
    sql('ALTER TABLE tasks ALTER title TYPE varchar COLLATE "C"')
    assert run(use_together) == "changed"


def test_prepared_statements_that_are_gone_cost_no_call(run):
    async def forget(fring):
        for connection in fring._store._pool._pool:
            connection.pgconn.exec_(b"DISCARD ALL")  # past psycopg, as a pooler would

    for scenario in (*SCENARIOS, forget, *SCENARIOS, forget, *reversed(SCENARIOS)):
        run(scenario)


@pytest.mark.parametrize(
    ("change", "back", "words"),
    [
        ("TABLE tasks RENAME TO gone", "TABLE gone RENAME TO tasks", 'relation "tasks" does not'),
        (
            "TABLE tasks RENAME title TO name",
            "TABLE tasks RENAME name TO title",
            "column .*title.* does not exist",
        ),
        ("SCHEMA public RENAME TO gone", "SCHEMA gone RENAME TO public", "does not exist"),
    ],
)
def test_what_is_not_there_is_said_until_it_is_back(run, sql, change, back, words):
    for scenario in SCENARIOS:
        run(scenario)
    sql(f"ALTER {change}")
    try:
        for scenario in SCENARIOS:
            with pytest.raises(StoreUnavailable, match=f"not as `prepare` leaves them: .*{words}"):
                run(scenario)
    finally:
        sql(f"ALTER {back}")
    for scenario in SCENARIOS:
        assert run(scenario) == "changed"


def test_what_a_role_may_not_do_is_said(url, sql):
    sql("CREATE ROLE fring_test_reader")
    try:
        sql("GRANT SELECT ON users, tasks, user_tasks, spent_ids TO fring_test_reader")
        mark = "&" if "?" in url else "?"
        with BlockingPostgresStore(f"{url}{mark}options=-crole%3Dfring_test_reader") as store:
            fring = Fring(store, clock=utc_now)
            run_sync(fring.tasks.list())
            with pytest.raises(StoreUnavailable, match="permission denied for table tasks"):
                run_sync(fring.tasks.create(NewTask("task")))
    finally:
        sql("DROP OWNED BY fring_test_reader; DROP ROLE fring_test_reader")
