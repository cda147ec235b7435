"""What is asked for under a key is done once, whoever asks at the same time, and whoever dies."""

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from threading import Barrier, Event

import psycopg
import pytest

from fring_adapters.clock import utc_now
from fring_adapters.memory import MemoryStore
from fring_adapters.postgres import BlockingPostgresStore, PoolSettings, PostgresStore, prepare
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import (
    BlockingFring,
    FixedClock,
    Fring,
    KeyInFlight,
    NewTask,
    StoreUnavailable,
    TransactionConflict,
    run_sync,
)
from tests.serving import DEADLINE

CALLERS = 32
ROUNDS = 10
POOL = PoolSettings(size=4, overflow=CALLERS - 4, timeout=30)
NOT_YET = (KeyInFlight, TransactionConflict)


def create(together):
    return together.tasks.create(NewTask("once")).id


async def create_later(together):
    return (await together.tasks.create(NewTask("once"))).id


@pytest.fixture(params=["memory", "postgres"])
def fring(request):
    """Give a Fring for threads."""
    if request.param == "memory":
        yield BlockingFring(Fring(MemoryStore(), clock=utc_now))
        return
    request.getfixturevalue("empty")()
    with BlockingPostgresStore(request.getfixturevalue("database_url"), POOL) as store:
        yield BlockingFring(Fring(store, clock=utc_now))


@pytest.fixture
def postgres_fring(database_url, empty):
    empty()
    with BlockingPostgresStore(database_url, POOL) as store:
        yield BlockingFring(Fring(store, clock=utc_now))


def patiently(ask):
    """Ask until there is an answer, as a client does; return it."""
    while True:
        try:
            return ask()
        except NOT_YET:
            pass


def test_a_race_of_threads_makes_one_task(fring):
    with ThreadPoolExecutor(CALLERS) as threads:
        for number in range(ROUNDS):
            together = Barrier(CALLERS)

            def ask(key, together=together):
                together.wait(DEADLINE)
                return patiently(lambda: fring.once(key, create))

            answers = set(threads.map(ask, [f"key {number}"] * CALLERS))
            assert len(answers) == 1
            assert fring.tasks.count() == number + 1
            assert fring.tasks.get(answers.pop()).title == "once"


def test_keys_of_many_callers_are_in_nobodys_way(fring):
    """Nothing is tried again, though all remove the same receipts, which have expired."""
    clock = FixedClock(utc_now(), step=timedelta(seconds=1))
    passing = BlockingFring(Fring(fring.awaited._store, clock=clock))
    worked = []

    def work(together):
        worked.append(together)
        return create(together)

    def ask(number):
        return passing.once(
            f"{number // 2}", work, caller=f"{number % 2}", kept_for=timedelta(seconds=3)
        )

    with ThreadPoolExecutor(8) as threads:
        answers = [*threads.map(ask, range(400))]
    assert len(set(answers)) == len(worked) == fring.tasks.count() == 400


def test_a_race_of_tasks_makes_one_task(database_url, empty):
    async def main():
        async with PostgresStore(database_url, POOL) as store:
            fring = Fring(store, clock=utc_now)

            async def ask(key):
                while True:
                    try:
                        return await fring.once(key, create_later)
                    except NOT_YET:
                        await asyncio.sleep(0)

            for number in range(ROUNDS):
                asking = (ask(f"key {number}") for _ in range(CALLERS))
                assert len(set(await asyncio.gather(*asking))) == 1
                assert await fring.tasks.count() == number + 1

    empty()
    asyncio.run(asyncio.wait_for(main(), 4 * DEADLINE))


def test_whoever_asks_while_the_work_is_done_is_told_so(postgres_fring):
    begun, go_on = Event(), Event()

    def slowly(together):
        begun.set()
        assert go_on.wait(DEADLINE)
        return create(together)

    with ThreadPoolExecutor(1) as thread:
        first = thread.submit(postgres_fring.once, "key", slowly)
        try:
            assert begun.wait(DEADLINE)
            with pytest.raises(KeyInFlight):
                postgres_fring.once("key", create)
            with pytest.raises(KeyInFlight):
                postgres_fring.once("key", create, request="other")
            other = postgres_fring.once("key", create, caller="ann")
        finally:
            go_on.set()
        answer = first.result(DEADLINE)
    assert postgres_fring.once("key", create) == answer != other
    assert postgres_fring.tasks.count() == 2


def test_in_memory_whoever_is_second_is_told_what_the_first_did():
    fring = BlockingFring(Fring(MemoryStore(), clock=utc_now))
    called = count(1)

    def overtaken(together):
        if next(called) == 1:
            with ThreadPoolExecutor(1) as thread:
                assert thread.submit(fring.once, "key", create).result(DEADLINE) == 1
        return create(together)

    assert fring.once("key", overtaken) == 1
    assert (next(called), fring.tasks.count()) == (2, 1)


def test_a_key_whose_holder_dies_is_free_again(postgres_fring, database_url):
    def dying(together):
        create(together)
        with psycopg.connect(to_conninfo(database_url), autocommit=True) as other:
            query = (
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory'"
            )
            assert other.execute(query).fetchall() == [(True,)]
        create(together)

    with pytest.raises(StoreUnavailable):
        postgres_fring.once("key", dying)
    assert postgres_fring.tasks.count() == 0
    answer = postgres_fring.once("key", create)
    assert postgres_fring.once("key", dying) == answer
    assert postgres_fring.tasks.count() == 1


def test_a_key_is_not_held_beyond_its_transaction(postgres_fring, database_url):
    """Neither by whoever found a receipt, nor by whoever was refused."""
    locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"

    def fail(together):
        create(together)
        raise KeyError

    with psycopg.connect(to_conninfo(database_url), autocommit=True) as other:
        with pytest.raises(KeyError):
            postgres_fring.once("key", fail)
        assert other.execute(locks).fetchone() == (0,)
        for _ in range(2):
            postgres_fring.once("key", create)
            assert other.execute(locks).fetchone() == (0,)


def test_the_same_key_in_another_schema_is_another_one(new_database):
    url = new_database()
    prepare(url)
    prepare(url, schema="other")
    with (
        BlockingPostgresStore(url, POOL) as store,
        BlockingPostgresStore(url, POOL, schema="other") as other,
    ):
        there = BlockingFring(Fring(other, clock=utc_now))

        def both(together):
            return [create(together), there.once("key", create)]

        fring = BlockingFring(Fring(store, clock=utc_now))
        assert fring.once("key", both) == fring.once("key", both) == [1, 1]


def test_a_key_may_be_part_of_a_transaction_of_the_hosts(database_url, empty):
    empty()
    with psycopg.connect(to_conninfo(database_url)) as connection:
        fring = BlockingFring(Fring(BlockingPostgresStore.on(connection), clock=utc_now))
        first = fring.once("key", create)
        connection.rollback()
        assert fring.tasks.count() == 0
        second = fring.once("key", create)
        connection.commit()
        assert fring.once("key", create) == second > first
        assert fring.tasks.count() == 1


PROCESS = """
import sys
from fring_adapters import open_postgres
from fring_core import KeyInFlight, NewTask, TransactionConflict

url, name = sys.argv[1:]
with open_postgres(url) as fring:
    for number in range(50):
        print("ready", flush=True)
        sys.stdin.readline()
        while True:
            try:
                answer = fring.once(
                    f"key {number}", lambda f: [f.tasks.create(NewTask(name)).id, name]
                )
                break
            except (KeyInFlight, TransactionConflict):
                pass
        print(*answer, flush=True)
"""


def test_two_processes(database_url, empty):
    empty()
    with asyncio.Runner() as runner:
        won = runner.run(asyncio.wait_for(_race(database_url), 4 * DEADLINE))
    assert len(won) == 50
    with BlockingPostgresStore(database_url, POOL) as store:
        fring = Fring(store, clock=utc_now)
        assert [(task.id, task.title) for task in run_sync(fring.tasks.list())] == won


async def _race(url: str) -> list[tuple[int, str]]:
    """Have two processes ask for the same at the same time; return what both were told."""
    pipe = asyncio.subprocess.PIPE
    both = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", PROCESS, url, name, stdin=pipe, stdout=pipe
        )
        for name in ("left", "right")
    ]
    won: list[tuple[int, str]] = []
    while b"ready\n" in [await _line(process) for process in both]:
        for process in both:
            assert process.stdin is not None
            process.stdin.write(b"go\n")
        left, right = [(await _line(process)).split() for process in both]
        assert left == right
        won.append((int(left[0]), left[1].decode()))
    assert [await process.wait() for process in both] == [0, 0]
    return won


async def _line(process: asyncio.subprocess.Process) -> bytes:
    assert process.stdout is not None
    return await process.stdout.readline()
