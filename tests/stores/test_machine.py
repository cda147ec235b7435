"""Random histories: each PostgreSQL store, and the memory store, in lockstep with the oracle."""

import asyncio
from itertools import count

import attrs
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from fring_adapters.memory import MemoryStore, MemoryUsers
from fring_adapters.memory.drawn_ids import Ids
from fring_adapters.postgres import BlockingPostgresStore, PoolSettings, PostgresStore
from fring_core import Cause, NewTask
from fring_core.ids import MAX_CHOSEN_ID, MAX_ID
from fring_core.testing import StoreMachine
from fring_core.testing.histories.operations import START, removal
from fring_core.testing.histories.steps import Block, Call

# Found failures are kept by pytest's output; a fixed seed keeps a run repeatable.
HISTORIES = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
ON_A_DATABASE = settings(HISTORIES, max_examples=6)  # `make nightly` makes many
POOL = PoolSettings(size=4, timeout=30)


class Histories(StoreMachine):
    def make_oracle(self):
        return MemoryStore()


def test_a_machine_that_pytest_would_pass_over():
    with pytest.raises(TypeError, match=r"TestHistories = ….TestCase"):
        type("TestHistories", (Histories,), {})


def test_memory():
    class Machine(Histories):
        def make_store(self):
            return MemoryStore()

    run_state_machine_as_test(Machine, settings=settings(HISTORIES, max_examples=6))


def test_ids_greater_than_any_that_callers_may_choose():
    class Machine(Histories):
        def make_store(self):
            return MemoryStore(user_ids=count(MAX_CHOSEN_ID + 1), task_ids=count(MAX_ID, -1))

    run_state_machine_as_test(Machine, settings=settings(HISTORIES, max_examples=6))


def test_a_drawn_id_that_cannot_be_is_found():
    class Users(MemoryUsers):
        async def add(self, new, cause, password_hash=None):
            return attrs.evolve(await super().add(new, cause, password_hash), id=0)

    class Machine(Histories):
        def make_store(self):
            store = MemoryStore()
            store.users = Users(store.users._database)
            return store

    quick = settings(HISTORIES, phases=[Phase.generate], report_multiple_bugs=False)
    with pytest.raises(AssertionError, match="may draw 0"):
        run_state_machine_as_test(Machine, settings=quick)


def adding(chosen=None):
    return Call("store.tasks.add", (NewTask("task", id=chosen), None, Cause(START)), {}, START)


@pytest.mark.parametrize("inside", [False, True])
def test_a_drawn_id_that_a_row_has_had_is_found(inside):
    class Forgetful(Ids):
        def spend(self, number):
            pass

    class Machine(Histories):
        def make_store(self):
            store = MemoryStore()
            store.tasks._database.task_ids = Forgetful.of(None)
            return store

    machine = Machine()
    steps = [adding(1), removal("task", 1)]
    machine.transaction(Block(steps, commits=False))  # then nobody has had it
    machine.one_call(adding())
    steps = [adding(2), removal("task", 2)]
    for step in [Block(steps, commits=True)] if inside else steps:
        machine.make(step)
    with pytest.raises(AssertionError, match="may draw 2, which a row has had"):
        machine.one_call(adding())


def test_postgres(database_url, empty):
    with asyncio.Runner() as runner:
        store = PostgresStore(database_url, POOL)

        class Machine(Histories):
            def make_store(self):
                empty()
                return store

            def run(self, coroutine):
                runner.run(coroutine)

        runner.run(store.__aenter__())
        try:
            run_state_machine_as_test(Machine, settings=ON_A_DATABASE)
        finally:
            runner.run(store.__aexit__(None, None, None))


def test_blocking_postgres(database_url, empty):
    with BlockingPostgresStore(database_url, POOL) as store:

        class Machine(Histories):
            def make_store(self):
                empty()
                return store

        run_state_machine_as_test(Machine, settings=ON_A_DATABASE)
