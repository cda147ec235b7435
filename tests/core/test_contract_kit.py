"""The contract kit itself: no clause hides another, and the strategies draw what they say."""

import asyncio
from collections import Counter
from contextlib import asynccontextmanager
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fring_adapters.memory import MemoryStore
from fring_core.testing import InThreads, StoreContract, StoreMachine, strategies
from fring_core.testing.contract.lasting import LastingTests
from fring_core.testing.histories import operations
from fring_core.testing.recording import RecordedStore


def clauses(kind):
    # None stands for a clause that is not there.
    return [name for name, clause in vars(kind).items() if name.startswith("test_") and clause]


def test_no_part_of_the_contract_overrides_another():
    names = Counter(name for part in StoreContract.__mro__ for name in clauses(part))
    assert len(names) > 60
    assert names.most_common(1)[0][1] == 1


def test_every_clause_says_what_it_tests():
    parts = [part for part in StoreContract.__mro__ if clauses(part)]
    assert [
        name for part in parts for name in clauses(part) if not getattr(part, name).__doc__
    ] == []


def test_the_hooks_are_the_authors_to_write():
    with pytest.raises(NotImplementedError):
        StoreContract().open_store()
    with pytest.raises(NotImplementedError):
        StoreContract().reopen(MemoryStore())
    with pytest.raises(NotImplementedError):
        StoreMachine()


def test_what_lasts_is_asked_where_a_store_can_be_opened_again():
    class Lasting(StoreContract):
        def reopen(self, store):
            return self.open_store()

    class Heir(Lasting):
        pass

    names = [name for name in vars(LastingTests) if name.startswith("test_")]
    assert names
    assert [getattr(StoreContract, name) for name in names] == [None] * len(names)
    assert all(callable(getattr(kind, name)) for name in names for kind in (Lasting, Heir))


@pytest.mark.anyio
async def test_a_store_that_is_not_opened_again_is_told_so():
    class Same(StoreContract):
        @asynccontextmanager
        async def reopen(self, store):
            yield store

    store = MemoryStore()
    kit = Same()
    with pytest.raises(AssertionError, match="reopen has to give another store"):
        await kit.test_lasting_contents(RecordedStore(store, kit.log))


def test_calls_that_cannot_race_are_refused():
    async def instant(number):
        return number

    async def suspending(number):
        await asyncio.sleep(0)
        return number

    async def failing(_):
        raise NotImplementedError("is still to be written")

    def together(kind, call):
        return asyncio.run(kind.together(*map(call, range(3))))

    class OnThreads(InThreads, StoreContract):
        pass

    assert together(StoreContract(), suspending) == [0, 1, 2]
    assert together(OnThreads(), instant) == [0, 1, 2]
    with pytest.raises(AssertionError, match="put InThreads before StoreContract"):
        together(StoreContract(), instant)
    with pytest.raises(RuntimeError, match="drives only what never suspends"):
        together(OnThreads(), suspending)
    with pytest.raises(NotImplementedError, match="to be written"):
        together(StoreContract(), failing)


@given(st.data())
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=30)
def test_strategies_draw_valid_values(data):
    # Every value checks itself when it is made: to draw one is to test it.
    for strategy in (
        strategies.new_users(),
        strategies.new_tasks(),
        strategies.user_changes(),
        strategies.task_changes(),
        strategies.user_filters(),
        strategies.task_filters(),
        strategies.pages(),
    ):
        data.draw(strategy)


def test_calls_are_drawn_as_often_as_they_are_named():
    drawn: Counter[str] = Counter()

    class Histories:
        ids: ClassVar = {"user": [1], "task": [1]}

        @given(st.lists(operations.calls(), min_size=20, max_size=20))
        @settings(max_examples=50, derandomize=True, database=None, deadline=None)
        def draw(self, calls):
            drawn.update(call.method for call in calls)

    Histories().draw()
    often = [drawn[f"store.{kind}.list"] for kind in ("users", "tasks")]
    seldom = [drawn[f"store.{kind}.get"] for kind in ("users", "tasks")]
    assert sum(often) > 1.5 * sum(seldom), drawn


@given(st.data())
@settings(max_examples=20, derandomize=True, database=None, deadline=None)
def test_texts_are_as_long_as_they_are_asked_for(data):
    for least, most in ((0, 0), (0, 2), (3, 3), (20, 40)):
        assert least <= len(data.draw(strategies.texts(most, least))) <= most
