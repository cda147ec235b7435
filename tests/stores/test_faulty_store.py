"""The store that fails as it is told: what each fault does to a call, and to a commit."""

import asyncio
from itertools import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fring_adapters.memory import MemoryStore
from fring_adapters.postgres import PoolSettings, PostgresStore
from fring_core import (
    NewTask,
    NewUser,
    StoreUnavailable,
    TaskChanges,
    TaskNotFound,
    UsernameTaken,
    run_sync,
)
from fring_core.testing import Fault, FaultyStore, faults
from tests.stores.faulty import AFTER, on

CALL = ("tasks.add", Fault.NONE)
RAISED = {
    Fault.FAIL_BEFORE: StoreUnavailable,
    Fault.FAIL_AFTER: StoreUnavailable,
    Fault.CANCEL_BEFORE: asyncio.CancelledError,
    Fault.CANCEL_AFTER: asyncio.CancelledError,
}
both_ends = pytest.mark.parametrize("fault", RAISED)


def titles(store):
    return [task.title for task in run_sync(on(store).tasks.list())]


@both_ends
def test_a_call_that_meets_a_fault_is_done_or_not(fault):
    inside = MemoryStore()
    store = FaultyStore(inside, [Fault.NONE, fault])
    run_sync(on(store).tasks.create(NewTask("first")))
    with pytest.raises(RAISED[fault]):
        run_sync(on(store).tasks.create(NewTask("second")))
    assert titles(inside) == (["first", "second"] if fault in AFTER else ["first"])
    run_sync(on(store).tasks.create(NewTask("third")))
    assert titles(store)[-1] == "third"
    assert store.taken == [CALL, ("tasks.add", fault), CALL, ("tasks.list", Fault.NONE)]


@pytest.mark.parametrize("fault", [Fault.FAIL_BEFORE, Fault.FAIL_AFTER])
def test_a_failure_tells_its_reader_what_became_of_the_call(fault):
    store = FaultyStore(MemoryStore(), [fault])
    with pytest.raises(StoreUnavailable, match=r"tasks\.add: it was (not )?done") as raised:
        run_sync(on(store).tasks.create(NewTask("task")))
    assert ("not" in raised.value.reason) == (fault is Fault.FAIL_BEFORE)


@both_ends
def test_a_commit_that_meets_a_fault_is_done_or_not(fault):
    inside = MemoryStore()
    store = FaultyStore(inside, [Fault.NONE, Fault.NONE, fault])

    async def block():
        async with on(store).transaction() as together:
            await together.tasks.create(NewTask("first"))
            await together.tasks.create(NewTask("second"))

    with pytest.raises(RAISED[fault]):
        run_sync(block())
    assert titles(inside) == (["first", "second"] if fault in AFTER else [])
    assert store.taken == [CALL, CALL, ("commit", fault)]


@both_ends
def test_a_commit_on_postgresql_is_done_or_not(fault, database_url, empty):
    empty()

    async def scenario():
        async with PostgresStore(database_url, PoolSettings(size=1)) as inside:
            store = FaultyStore(inside, [Fault.DELAY, Fault.NONE, fault])
            with pytest.raises(RAISED[fault]):
                async with on(store).transaction() as together:
                    await together.tasks.create(NewTask("first"))
                    await together.tasks.create(NewTask("second"))
            return [task.title for task in await on(inside).tasks.list()]

    assert asyncio.run(scenario()) == (["first", "second"] if fault in AFTER else [])


@both_ends
def test_a_transaction_inside_has_a_commit_of_its_own(fault):
    inside = MemoryStore()
    store = FaultyStore(inside, [Fault.NONE, fault])

    async def block():
        async with on(store).transaction() as outer:
            with pytest.raises(RAISED[fault]):
                async with outer.transaction() as inner:
                    await inner.tasks.create(NewTask("inner"))
            await outer.tasks.create(NewTask("outer"))

    run_sync(block())
    assert titles(inside) == (["inner", "outer"] if fault in AFTER else ["outer"])
    assert store.taken == [CALL, ("commit", fault), CALL, ("commit", Fault.NONE)]


def test_a_transaction_that_rolls_back_takes_no_fault_for_it():
    store = FaultyStore(MemoryStore(), [Fault.NONE, Fault.FAIL_BEFORE])

    async def block():
        async with on(store).transaction() as inner:
            await inner.tasks.create(NewTask("undone"))
            raise ValueError

    with pytest.raises(ValueError):
        run_sync(block())
    with pytest.raises(StoreUnavailable):
        titles(store)
    assert titles(store) == []


def test_a_call_that_raises_by_itself_raises_that():
    store = FaultyStore(MemoryStore(), [Fault.NONE, Fault.FAIL_AFTER, Fault.FAIL_AFTER])
    ann = NewUser("ann", "ann@example.org")
    run_sync(on(store).users.create(ann))
    with pytest.raises(UsernameTaken):
        run_sync(on(store).users.create(ann))
    with pytest.raises(StoreUnavailable):  # a use case decides only on what it gets to see
        run_sync(on(store).tasks.delete(1))
    with pytest.raises(TaskNotFound):
        run_sync(on(store).tasks.delete(1))


def test_a_delay_awaits_the_pause():
    pauses = []

    async def pause():
        pauses.append(titles(inside))

    inside = MemoryStore()
    store = FaultyStore(inside, [Fault.DELAY, Fault.NONE, Fault.DELAY], pause=pause)
    for title in ("first", "second", "third"):
        run_sync(on(store).tasks.create(NewTask(title)))
    assert pauses == [[], ["first", "second"]]


def test_a_delay_lets_others_in_between():
    store = FaultyStore(MemoryStore(), [Fault.NONE, Fault.DELAY])
    fring = on(store)

    async def race():
        task = await fring.tasks.create(NewTask("task"))
        return await asyncio.gather(
            fring.tasks.update(task.id, TaskChanges(title="slow")),
            fring.tasks.update(task.id, TaskChanges(description="quick")),
        )

    slow, quick = asyncio.run(race())
    assert (quick.version, slow.version) == (2, 3)
    assert (slow.title, slow.description) == ("slow", "quick")


def test_a_plan_may_go_on_for_ever_and_holds_only_faults():
    store = FaultyStore(MemoryStore(), repeat(Fault.FAIL_BEFORE))
    for _ in range(10):
        with pytest.raises(StoreUnavailable):
            titles(store)
    nonsense = FaultyStore(MemoryStore(), ["boom"])  # type: ignore[list-item]  # is what is tested
    with pytest.raises(ValueError, match="boom"):
        titles(nonsense)


@given(st.data())
def test_strategies_of_plans_draw_what_they_are_asked_for(data):
    plan = data.draw(faults(Fault.DELAY, Fault.FAIL_AFTER))
    assert set(plan) <= {Fault.NONE, Fault.DELAY, Fault.FAIL_AFTER}
    assert set(data.draw(faults())) <= set(Fault)
