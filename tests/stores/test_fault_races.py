"""Callers at once on a store that fails: no update is lost, and who is cancelled leaves nothing."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fring_adapters.memory import MemoryStore
from fring_core import NewTask, NewUser, Task, TaskStatus, UserChanges, run_sync
from fring_core.testing import Fault, FaultyStore, faults
from tests.serving import DEADLINE
from tests.stores.faulty import AFTER, INTERRUPTIONS, REPEATABLE, on


@given(faults(), st.integers(2, 8))
@REPEATABLE
def test_no_update_is_lost_among_callers_whose_calls_fail(plan, callers):
    inside = MemoryStore()
    run_sync(on(inside).tasks.create(NewTask("task")))
    store = FaultyStore(inside, plan)

    async def race():
        toggles = [on(store).tasks.toggle(1) for _ in range(callers)]
        return await asyncio.gather(*toggles, return_exceptions=True)

    results = asyncio.run(race())
    versions = [result.version for result in results if isinstance(result, Task)]
    assert len(set(versions)) == len(versions)
    interrupted = [result for result in results if isinstance(result, INTERRUPTIONS)]
    assert len(versions) + len(interrupted) == callers
    unknown = sum(call == "tasks.change" and fault in AFTER for call, fault in store.taken)
    task = run_sync(on(inside).tasks.get_with_users(1)).task
    assert len(versions) <= task.version - 1 <= len(versions) + unknown
    assert (task.status is TaskStatus.COMPLETED) == (task.version % 2 == 0)


@given(faults(Fault.DELAY))
@REPEATABLE
def test_no_update_is_lost_among_callers_who_wait(plan):
    inside = MemoryStore()
    run_sync(on(inside).users.create(NewUser("ann", "ann@example.org")))
    store = FaultyStore(inside, [Fault.NONE, Fault.DELAY, *plan])

    async def race():
        await asyncio.gather(
            on(store).users.update(1, UserChanges(username="eve")),
            on(store).users.update(1, UserChanges(email="eve@example.org")),
        )

    asyncio.run(race())
    user = run_sync(on(inside).users.get_with_tasks(1)).user
    assert (user.username, user.email, user.version) == ("eve", "eve@example.org", 3)


@pytest.mark.parametrize("held", ["tasks.add", "commit"])
def test_a_caller_that_is_cancelled_leaves_nothing_behind(held):
    async def scenario():
        inside, reached = MemoryStore(), asyncio.Event()

        async def pause():
            reached.set()
            await asyncio.Event().wait()

        plan = [Fault.DELAY] if held == "tasks.add" else [Fault.NONE, Fault.NONE, Fault.DELAY]
        store = FaultyStore(inside, plan, pause=pause)

        async def block():
            async with on(store).transaction() as together:
                for title in ("first", "second"):
                    await together.tasks.create(NewTask(title))

        caller = asyncio.create_task(block())
        async with asyncio.timeout(DEADLINE):
            await reached.wait()
        assert store.taken[-1] == (held, Fault.DELAY)
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        before = await on(inside).tasks.list()
        await block()
        return before, [task.title for task in await on(inside).tasks.list()]

    assert asyncio.run(scenario()) == ([], ["first", "second"])
