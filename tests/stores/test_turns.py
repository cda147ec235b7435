"""Thousands of callers at once wait for their turn, and nobody waits for what will not come."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from psycopg_pool import PoolTimeout

from benchmarks.ports import free_port
from fring_adapters.clock import utc_now
from fring_adapters.postgres import BlockingPostgresStore, PoolSettings, PostgresStore
from fring_adapters.postgres.wire import turns
from fring_adapters.postgres.wire.held_up import held_up
from fring_adapters.postgres.wire.statement import SCHEMA, Statement
from fring_adapters.postgres.wire.turns import ANY, Caller, InLoop, InThread, Turns
from fring_core import Fring, NewTask, NewUser, StoreUnavailable, run_sync

MANY = 10_000
EMPTY: frozenset[str] = frozenset()
A, B = frozenset("a"), frozenset("b")
GUARD_SECONDS = 60.0  # against hanging only
NOWHERE = "postgresql://postgres@127.0.0.1:{}/none"


def count(url):
    with psycopg.connect(url) as connection:
        [(found,)] = connection.execute("SELECT count(*) FROM tasks").fetchall()
        return found


def test_ten_thousand_calls_in_a_loop_wait_for_their_turn(database_url, empty):
    async def scenario():
        async with PostgresStore(database_url) as store:
            fring = Fring(store, clock=utc_now)
            await asyncio.gather(*(fring.tasks.create(NewTask("task")) for _ in range(MANY)))

    empty()
    asyncio.run(scenario())
    assert count(database_url) == MANY


def test_two_hundred_threads_wait_for_their_turn(database_url, empty):
    empty()
    with BlockingPostgresStore(database_url) as store, ThreadPoolExecutor(200) as threads:
        fring = Fring(store, clock=utc_now)
        list(threads.map(lambda _: run_sync(fring.tasks.create(NewTask("task"))), range(1000)))
    assert count(database_url) == 1000


def test_slow_transactions_are_waited_for_longer_than_for_a_connection(database_url, empty):
    async def slowly(fring):
        async with fring.transaction() as inner:
            await inner.tasks.create(NewTask("task"))
            await asyncio.sleep(0.2)

    async def scenario():
        async with PostgresStore(database_url, PoolSettings(size=1, timeout=0.1)) as store:
            fring = Fring(store, clock=utc_now)
            await asyncio.gather(*(slowly(fring) for _ in range(3)))

    empty()
    asyncio.run(scenario())
    assert count(database_url) == 3


def test_those_who_are_not_patient_are_told_in_time(database_url, empty):
    """As in a server, whose clients hear of it within a second."""
    pool = PoolSettings(size=1, patience=0.2)

    async def scenario():
        async with PostgresStore(database_url, pool) as store:
            fring = Fring(store, clock=utc_now)
            async with fring.transaction():
                with pytest.raises(StoreUnavailable, match=r"within 0\.2 s"):
                    await asyncio.create_task(fring.tasks.list())
            await fring.tasks.list()

    asyncio.run(scenario())
    with BlockingPostgresStore(database_url, pool) as store:
        fring = Fring(store, clock=utc_now)

        async def inside():
            async with fring.transaction():
                with (
                    ThreadPoolExecutor(1) as thread,
                    pytest.raises(StoreUnavailable, match=r"within 0\.2 s"),
                ):
                    thread.submit(run_sync, fring.tasks.list()).result()

        run_sync(inside())
        run_sync(fring.tasks.list())


def test_a_standstill_ends(database_url, monkeypatch):
    """Transactions that hold every connection, and ask outside of them for one more."""
    monkeypatch.setattr(turns, "STANDSTILL_SECONDS", 0.3)

    async def greedy(fring):
        async with fring.transaction():
            await asyncio.create_task(fring.tasks.list())

    async def scenario():
        async with PostgresStore(database_url, PoolSettings(size=2)) as store:
            fring = Fring(store, clock=utc_now)
            calls = [greedy(fring) for _ in range(2)]
            ended = await asyncio.gather(*calls, return_exceptions=True)
            assert any(isinstance(each, StoreUnavailable) for each in ended)
            await fring.tasks.list()

    asyncio.run(asyncio.wait_for(scenario(), GUARD_SECONDS))


def test_a_database_that_is_away_is_told_to_all_who_wait():
    url, pool = NOWHERE.format(free_port()), PoolSettings(size=2, timeout=0.3)

    async def scenario():
        async with PostgresStore(url, pool) as store:
            fring = Fring(store, clock=utc_now)
            calls = [fring.tasks.list() for _ in range(500)]
            return await asyncio.gather(*calls, return_exceptions=True)

    begin = time.monotonic()
    told = asyncio.run(scenario())
    with BlockingPostgresStore(url, pool) as store, ThreadPoolExecutor(50) as threads:
        blocking = Fring(store, clock=utc_now)

        def call(_):
            with pytest.raises(StoreUnavailable) as away:
                run_sync(blocking.tasks.list())
            return away.value

        told += threads.map(call, range(50))
    assert {type(each) for each in told} == {StoreUnavailable}
    # In twos, and each for as long as the timeout, it would have taken more than a minute.
    assert time.monotonic() - begin < GUARD_SECONDS / 2


@asynccontextmanager
async def held(url):
    """Hold the only connection of a store until `free` is set."""
    async with PostgresStore(url, PoolSettings(size=1)) as store:
        fring, holding, free = Fring(store, clock=utc_now), asyncio.Event(), asyncio.Event()

        async def hold():
            async with fring.transaction():
                holding.set()
                await free.wait()

        holder = asyncio.create_task(hold())
        await holding.wait()
        yield fring, free
        free.set()
        await asyncio.wait([holder])


async def waiting(fring, made, number):
    await fring.tasks.create(NewTask(str(number)))
    made.append(number)


def test_turns_come_in_order_and_a_cancelled_caller_leaves_none_behind(database_url, empty):
    async def scenario():
        made: list[int] = []
        async with held(database_url) as (fring, free):
            calls = []
            for number in range(9):
                calls.append(asyncio.create_task(waiting(fring, made, number)))
                await asyncio.sleep(0)
            for call in calls[::2]:
                call.cancel()
            free.set()
            await asyncio.wait(calls)
            assert made == [1, 3, 5, 7]
            await asyncio.wait_for(fring.tasks.list(), GUARD_SECONDS)
            assert fring._store._pool.turns._free == 1

    empty()
    asyncio.run(scenario())


def test_a_turn_that_comes_to_who_is_just_cancelled_is_passed_on():
    async def scenario():
        shared = Turns(1, None)
        await shared.take(InLoop)
        late, next_one = (
            asyncio.create_task(shared.take(InLoop)),
            asyncio.create_task(shared.take(InLoop)),
        )
        await asyncio.sleep(0)
        shared.pass_on()
        late.cancel()
        await asyncio.wait_for(next_one, GUARD_SECONDS)
        shared.pass_on()
        assert shared._free == 1

    asyncio.run(scenario())


def test_closing_ends_those_who_wait(database_url):
    async def scenario():
        async with held(database_url) as (fring, _):
            calls = [asyncio.create_task(fring.tasks.list()) for _ in range(50)]
            await asyncio.sleep(0)
            assert fring._store._pool.end()
            ended = await asyncio.gather(*calls, return_exceptions=True)
            assert {type(each) for each in ended} == {RuntimeError}

    asyncio.run(asyncio.wait_for(scenario(), GUARD_SECONDS))


def test_threads_and_loops_wait_in_one_queue():
    shared = Turns(1, None)
    run_sync(shared.take(InThread))
    order = []

    def in_thread():
        run_sync(shared.take(InThread))
        order.append("thread")
        shared.pass_on()

    async def in_loop():
        await shared.take(InLoop)
        order.append("loop")
        shared.pass_on()

    with ThreadPoolExecutor(3) as threads:
        jobs = []
        for number, job in enumerate((in_thread, lambda: asyncio.run(in_loop()), in_thread), 1):
            jobs.append(threads.submit(job))
            while shared.waiting() < number:
                time.sleep(0.001)
        shared.pass_on()
        for submitted in jobs:
            submitted.result(GUARD_SECONDS)
    assert order == ["thread", "loop", "thread"]
    assert shared._free == 1


def test_who_is_refused_before_it_waits_has_no_turn():
    turns = Turns(1, None)
    run_sync(turns.take(InThread))
    ask = turns._ask

    def ask_and_be_refused(kind, tables):
        caller = ask(kind, tables)
        turns.refuse(lambda: PoolTimeout("away"))
        return caller

    turns._ask = ask_and_be_refused  # type: ignore[method-assign]
    with pytest.raises(PoolTimeout, match="away"):
        run_sync(turns.take(InThread))
    turns.pass_on()
    assert turns._free == 1, "no more turns than there were"


@pytest.mark.parametrize("in_transactions", [False, True], ids=["single", "in transactions"])
def test_who_needs_another_table_does_not_wait_behind_a_locked_one(
    database_url, empty, in_transactions
):
    """Somebody alters `users`, and more callers need it than there are connections."""

    async def scenario():
        async with PostgresStore(database_url) as store:
            fring = Fring(store, clock=utc_now)
            await store._pool.wait()
            await fring.tasks.create(NewTask("task"))
            ann = (await fring.users.create(NewUser("ann", "ann@example.com"))).id
            needing = [
                lambda fring: fring.users.list(),
                lambda fring: fring.users.get_with_tasks(ann),
                lambda fring: fring.users.create(NewUser(uuid4().hex, f"{uuid4()}@example.com")),
            ]
            with psycopg.connect(database_url) as other:
                other.execute("LOCK TABLE users")
                async with asyncio.TaskGroup() as group:
                    waiting = [
                        group.create_task(inside(fring, call) if in_transactions else call(fring))
                        for call in 40 * needing
                    ]
                    await asyncio.sleep(0.1)
                    for _ in range(20):
                        await fring.tasks.create(NewTask("other"))
                    assert len(await fring.tasks.list()) == 21
                    assert not any(task.done() for task in waiting)
                    other.rollback()

    async def inside(fring, call):
        async with fring.transaction() as inner:
            await call(inner)

    empty()
    asyncio.run(scenario())


NEEDS = [ANY, A, B, A | B]


@given(
    st.lists(
        st.tuples(st.sampled_from("+++-"), st.sampled_from(NEEDS), st.sampled_from([EMPTY, A, B])),
        max_size=60,
    )
)
@example([("+", A, EMPTY)] * 9 + [("+", B, A)])
@example([("+", A, EMPTY)] * 9 + [("+", A, A), ("+", ANY, A)])
@example([*[("+", A, EMPTY)] * 8, ("+", A, A), ("+", B, B), ("+", A, EMPTY), ("-", A, EMPTY)])
def test_turns_are_kept_for_whom_nothing_holds_up(steps):
    """Callers come and go; nobody waits who may come in, and none overtakes one who may."""
    turns = Turns(8, None)
    inside: list[Any] = []
    waiting: list[tuple[Caller, Any]] = []
    for step, tables, locked in steps:
        turns.held_up = lambda locked=locked: locked  # type: ignore[misc]
        free = turns._free
        if step == "+":
            caller = turns._ask(InThread, tables)
            if caller is None:
                may = free > 1 or bool(locked and tables and not locked & tables)
                assert may, "the last turn is kept"
                inside.append(tables)
            else:
                waiting.append((caller, tables))
        elif inside:
            inside.pop()
            turns.pass_on()
        called = [each for each in waiting if each[0].called]
        waiting = [each for each in waiting if not each[0].called]
        inside += [tables for _, tables in called]
        assert turns.taken() == len(inside) <= 8
        assert turns.waiting() == len(waiting)
        if step == "-":
            assert not any(turns._admits(tables) for _, tables in waiting)
            for came, _ in called:
                turns._free += 1
                earlier = [needs for other, needs in waiting if other.number < came.number]
                assert not any(map(turns._admits, earlier))
                turns._free -= 1


def test_what_holds_slow_statements_up():
    lists, adds, joins = (
        Statement(sql.replace("@", f"{SCHEMA}.").encode(), reads=True)
        for sql in ("SELECT FROM @users", "INSERT INTO @users @tasks", "SELECT @tasks, @users")
    )
    other = Statement(f"SELECT {SCHEMA}.spent_ids".encode(), reads=True)
    assert held_up([], 9) == held_up([(lists, 9.0)], 9) == frozenset()
    assert held_up([(lists, 5.0), (adds, 5.0), (joins, 8.9)], 9) == {"users"}
    assert held_up([(lists, 5.0), (joins, 5.0)], 9) == {"users"}
    assert held_up([(adds, 5.0), (joins, 5.0)], 9) == {"users", "tasks"}
    assert held_up([(lists, 5.0), (other, 5.0)], 9) == frozenset()
