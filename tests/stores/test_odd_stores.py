"""Stores that are right but odd pass the whole kit; and they are odd."""

import asyncio
from contextlib import asynccontextmanager, closing

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from fring_adapters.memory import MemoryStore
from fring_core import NewTask, Page, Slice, StoreUnavailable, TaskFilter, run_sync
from fring_core.ids import MAX_CHOSEN_ID
from fring_core.testing import InThreads, StoreContract, StoreMachine
from fring_core.testing.contract.examples import CAUSE, add_task, add_user
from tests.stores import odd
from tests.stores.sqlite import SqliteStore


@pytest.fixture
def anyio_backend():
    return "asyncio"


FEW = settings(
    max_examples=4,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class TestIdsInStepsOfSevenAndTuplesAndLateCommits(StoreContract):
    @asynccontextmanager
    async def open_store(self):
        yield odd.in_steps_of_seven()


class TestIdsInNoOrderAndLazyRows(InThreads, StoreContract):
    @asynccontextmanager
    async def open_store(self):
        yield odd.in_no_order()


class TestOneWriter(InThreads, StoreContract):
    @pytest.fixture(autouse=True)
    def _file(self, tmp_path):
        self.file = tmp_path / "store"

    @asynccontextmanager
    async def open_store(self):
        with closing(SqliteStore(self.file)) as store:
            yield store

    @asynccontextmanager
    async def reopen(self, store):
        with closing(SqliteStore(self.file)) as again:
            yield again


def test_histories():
    class Machine(StoreMachine):
        def make_store(self):
            return odd.in_no_order()

        def make_oracle(self):
            return MemoryStore()

    run_state_machine_as_test(Machine, settings=FEW)


def test_histories_in_a_loop():
    with asyncio.Runner() as runner:

        class Machine(StoreMachine):
            def make_store(self):
                return odd.in_steps_of_seven(late=0.001)

            def make_oracle(self):
                return MemoryStore()

            def run(self, coroutine):
                runner.run(coroutine)

        run_state_machine_as_test(Machine, settings=FEW)


def test_histories_of_one_writer(tmp_path):
    files = (tmp_path / f"{number}" for number in range(10**6))

    class Machine(StoreMachine):
        def make_store(self):
            self.made = SqliteStore(next(files))
            return self.made

        def make_oracle(self):
            return MemoryStore()

        def teardown(self):
            self.made.close()

    run_state_machine_as_test(Machine, settings=FEW)


@pytest.mark.anyio
async def test_the_ids_are_odd():
    stores = (odd.in_steps_of_seven(), odd.in_no_order())
    sevens, ids = [[(await add_task(store)).id for _ in range(3)] for store in stores]
    assert sevens == [700, 707, 714]
    assert ids != sorted(ids)
    assert ids[0] == MAX_CHOSEN_ID < (await add_user(stores[1])).id


@pytest.mark.parametrize(
    ("make", "kind"), [(odd.in_steps_of_seven, tuple), (odd.in_no_order, odd.LazyRows)]
)
@pytest.mark.anyio
async def test_the_results_are_odd(make, kind):
    store = make()
    user, task = await add_user(store), await add_task(store)
    await store.assignments.add(user.id, task.id, CAUSE)
    listed = await store.tasks.list(TaskFilter(), Page(), None)
    assert type(listed) is Slice
    assert listed == [task]
    assert type((await store.users.get_with_tasks(user.id)).tasks) is kind
    assert type((await store.tasks.get_with_users(task.id, None)).users) is kind


@pytest.mark.anyio
async def test_the_turns_are_odd():
    store = odd.in_steps_of_seven()
    tasks = await asyncio.gather(*(add_task(store, str(number)) for number in range(9)))
    by_id = sorted(tasks, key=lambda task: task.id)
    assert [task.title for task in by_id] != sorted(task.title for task in tasks)
    call = asyncio.create_task(add_task(store))
    await asyncio.sleep(0)
    assert not call.done()
    await call


@pytest.mark.anyio
async def test_the_commits_are_late():
    late = asyncio.Event()
    store = odd.OddStore(MemoryStore(), commit=late.wait)

    async def block():
        async with store.transaction() as inner:
            await add_task(inner, chosen=1)

    running = asyncio.create_task(block())
    await asyncio.sleep(0)
    assert await store.tasks.get(1, None) is None
    late.set()
    await running
    assert await store.tasks.get(1, None) is not None


def test_there_is_one_writer(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.stores.sqlite.WAIT", 0)

    async def both(store):
        async with store.transaction() as inner:
            await inner.tasks.add(NewTask("mine"), None, CAUSE)
            assert await store.tasks.get(1, None) is None
            await store.tasks.add(NewTask("theirs"), None, CAUSE)

    with (
        closing(SqliteStore(tmp_path / "store")) as store,
        pytest.raises(StoreUnavailable, match="locked"),
    ):
        run_sync(both(store))
