"""What a store may read from a standby, and which server is none that it may read from."""

import asyncio
import time
from contextlib import asynccontextmanager

import psycopg
import pytest

from fring_adapters.clock import utc_now
from fring_adapters.postgres import PoolSettings, prepare
from fring_adapters.postgres.standby.marks import MOST, Marks
from fring_adapters.postgres.standby.replication import Replication
from fring_adapters.postgres.standby.store import PostgresStoreWithStandby
from fring_core import Fring, NewTask, StoreUnavailable
from tests.serving import DEADLINE
from tests.standby import replicated

POOL = PoolSettings(size=2)
BOUND = 300.0  # so long that nothing but an objection keeps a standby from being used


@pytest.fixture(scope="module")
def pair():
    with replicated() as pair:
        yield pair


def stale():
    return True


@asynccontextmanager
async def opened(pair, may_be_stale=stale, bound=BOUND):
    store = PostgresStoreWithStandby(
        pair.primary.url,
        POOL,
        schema=None,
        watch=None,
        standby=pair.standby.url,
        bound=bound,
        may_be_stale=may_be_stale,
    )
    async with store:
        yield store, Fring(store, clock=utc_now)


async def until(condition):
    async with asyncio.timeout(DEADLINE):
        while not condition():  # noqa: ASYNC110  # what it waits for tells nobody
            await asyncio.sleep(0.02)


async def until_read_from_standby(store, fring):
    before = store.reading.by_standby
    async with asyncio.timeout(DEADLINE):
        while store.reading.by_standby == before:
            await fring.tasks.list()
            await asyncio.sleep(0.02)


def test_what_is_marked_tells_the_age():
    marks = Marks()
    for moment, position in ((1.0, 10), (2.0, 20), (3.0, 20), (4.0, 30)):
        marks.add(moment, position)
    for position, as_of in ((9, float("-inf")), (10, 1.0), (19, 1.0), (20, 3.0), (29, 3.0)):
        marks.replayed(position)
        assert marks.as_of == as_of
    marks.replayed(35)
    assert marks.as_of == 4.0
    marks.add(5.0, 40)
    marks.forget()
    marks.replayed(50)
    assert marks.as_of == float("-inf")


def test_a_standby_far_behind_only_looks_older():
    marks = Marks()
    for number in range(2 * MOST):
        marks.add(float(number), number)
    marks.replayed(MOST - 1)
    assert marks.as_of == float("-inf")
    marks.replayed(2 * MOST)
    assert marks.as_of == 2 * MOST - 1


def test_what_writes_reads_and_what_is_secret_is_the_primarys(pair):
    async def main():
        async with opened(pair) as (store, fring):
            await until_read_from_standby(store, fring)
            pair.pause()
            try:
                before = store.reading.by_standby
                task = await fring.tasks.create(NewTask("task"))
                assert task not in await fring.tasks.list()
                assert store.reading.by_standby == before + 1
                async with fring.transaction() as inner:
                    assert task in await inner.tasks.list()
                assert (await fring.tasks.toggle(task.id)).version == 2
                assert await store.credentials.get(1) is None
                assert store.reading.by_standby == before + 1
            finally:
                pair.resume()

    asyncio.run(main())


def test_who_may_not_be_stale_is_not(pair):
    async def main():
        async with opened(pair, may_be_stale=lambda: False) as (store, fring):
            await until(store.replication.is_usable)
            await fring.tasks.list()
            assert (store.reading.by_standby, store.reading.by_primary) == (0, 1)

    asyncio.run(main())


@pytest.mark.parametrize(
    ("error", "is_left_alone"),
    [
        (psycopg.errors.SerializationFailure("conflict with recovery"), False),
        (psycopg.errors.DeadlockDetected("conflict with recovery"), False),
        (psycopg.errors.QueryCanceled("too slow"), False),
        (psycopg.errors.ReadOnlySqlTransaction("it only reads"), True),
        (psycopg.OperationalError("the connection is lost"), True),
        (StoreUnavailable("it hangs"), True),
    ],
)
def test_what_it_does_not_answer_the_primary_does(pair, monkeypatch, error, is_left_alone):
    async def main():
        async with opened(pair) as (store, fring):
            await until_read_from_standby(store, fring)

            asked = []

            async def fail(*arguments, **_):
                asked.append(arguments)
                raise error

            monkeypatch.setattr(store._standby_pool, "execute", fail)
            before = store.reading.by_primary
            await fring.tasks.list()
            assert (len(asked), store.reading.by_primary) == (1, before + 1)
            assert store.replication.is_usable() is not is_left_alone
            await until(store.replication.is_usable)

    asyncio.run(main())


def why_not(primary, standby, bound=BOUND):
    """Return what speaks against a standby after two looks, since one may come too early."""

    async def main():
        replication = Replication(primary, standby, bound, None)
        try:
            await replication.look()
            await asyncio.sleep(0.1)
            await replication.look()
            assert replication.is_usable() is not bool(replication.why_not)
            return replication.why_not
        finally:
            await replication.close()

    return asyncio.run(main())


def test_a_role_without_rights_may_ask(pair):
    def as_reader(url):
        return url.replace("postgres@", "reader@")

    assert why_not(as_reader(pair.primary.url), as_reader(pair.standby.url)) == ""


def test_another_server_is_no_standby(pair, new_database):
    other = new_database()
    prepare(other)
    assert "no standby" in why_not(pair.primary.url, other)
    assert "no standby" in why_not(pair.primary.url, pair.primary.url)
    assert "another cluster" in why_not(other, pair.standby.url)
    assert "the primary does not answer" in why_not(pair.standby.url, pair.standby.url)
    assert "it does not answer" in why_not(pair.primary.url, pair.standby.url + "4")


def test_other_tables_are_none_of_a_standby(pair):
    pair.primary.run("CREATE DATABASE other")
    prepare(pair.primary.url.replace("/postgres?", "/other?"))
    pair.catch_up()
    assert "tables" in why_not(pair.primary.url, pair.standby.url.replace("/postgres?", "/other?"))


def test_tables_of_another_revision_are_none_of_a_standby(pair):
    pair.pause()
    pair.primary.run("UPDATE fring_version SET version_num = '9999'")
    try:
        assert "revision" in why_not(pair.primary.url, pair.standby.url)
    finally:
        pair.primary.run("UPDATE fring_version SET version_num = '0006'")
        pair.resume()


def test_tables_without_a_revision_are_none(pair):
    pair.primary.run("DELETE FROM fring_version")
    pair.catch_up()
    try:
        assert "fring_version is empty" in why_not(pair.primary.url, pair.standby.url)
    finally:
        pair.primary.run("INSERT INTO fring_version VALUES ('0006')")
        pair.catch_up()


def test_who_is_too_far_behind_is_asked_no_more_and_again_later(pair):
    async def main():
        async with opened(pair, bound=0.5) as (store, fring):
            await until_read_from_standby(store, fring)
            pair.pause()
            try:
                task = await fring.tasks.create(NewTask("task"))
                began = time.monotonic()
                await until(lambda: not store.replication.is_usable())
                assert time.monotonic() - began <= 0.7
                assert task in await fring.tasks.list()
            finally:
                pair.resume()
            await until_read_from_standby(store, fring)

    asyncio.run(main())


def test_a_standby_that_has_gone_back_in_time_is_not_believed(pair):
    """Started anew after a crash, it has what it had written to its disk, and no more."""

    async def main():
        async with opened(pair) as (store, fring):
            task = await fring.tasks.create(NewTask("seen by all"))
            pair.catch_up()
            await until_read_from_standby(store, fring)
            assert task in await fring.tasks.list()
            store._following.cancel()  # all happens before it is asked again
            pair.standby.kill()
            pair.standby.start("recovery_min_apply_delay=1h")
            [(has_it,)] = pair.standby.run(f"SELECT count(*) FROM tasks WHERE id = {task.id}")
            assert has_it == 0
            await asyncio.sleep(1.1)  # from then on a connection is asked whether it is alive
            assert store.replication.is_usable()
            assert task in await fring.tasks.list()
            store._following = asyncio.create_task(store.replication.follow())
            end = time.monotonic() + 2.5
            while time.monotonic() < end:
                assert task in await fring.tasks.list()
                await asyncio.sleep(0.01)
            pair.standby.stop()
            pair.standby.start()
            await until_read_from_standby(store, fring)

    asyncio.run(main())
