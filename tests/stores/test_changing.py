"""Changes of one row: what happens to those who lose a round, and to those who wait."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from threading import Lock
from typing import Any

import attrs
import pytest
from psycopg_pool import PoolTimeout

from fring_adapters.clock import utc_now
from fring_adapters.postgres import BlockingPostgresStore, PostgresStore
from fring_adapters.postgres.repositories import blocking_changing, changing
from fring_adapters.postgres.repositories.async_changing import Together
from fring_adapters.postgres.repositories.blocking_changing import InTurn
from fring_adapters.postgres.repositories.changing import MAX_ROUNDS, Change, applied
from fring_adapters.postgres.wire.pool_executor import PoolExecutor
from fring_core import (
    BlockingFring,
    EmailTaken,
    Forbidden,
    Fring,
    NewTask,
    NewUser,
    StoreUnavailable,
    UserChanges,
    UsernameTaken,
    run_sync,
)
from fring_core.testing.contract.examples import CAUSE, ghost_task

CALLERS = 200

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend():
    return "asyncio"


class Executor:
    """An executor that may be used."""

    def check(self):
        pass

    def on_one_connection(self):
        return nullcontext(self)


EXECUTOR: Any = Executor()


class Row:
    """A row in no database, that others change before the first saves."""

    def __init__(self, lost=0):
        self.row: Any = ghost_task(7)
        self.lost = lost
        self.saves = 0
        self.pauses = 0
        self.error = None
        self.told: list[Any] = []

    async def find(self, _):
        return None if self.row is None else (self.row, None)

    async def save(self, _, task, was, events):
        self.saves += 1
        if self.error is not None:
            raise self.error
        if self.saves <= self.lost:
            self.row = attrs.evolve(self.row, title=f"{self.row.title}*", version=was + 1)
        if self.row is None or self.row.version != was:
            return []
        self.row = task
        self.told += [(event.version, event.after) for event in events]
        return [*range(len(events))]

    async def pause(self, _):
        self.pauses += 1

    def apply(self, *verbs):
        changes = [Change(verb, CAUSE) for verb in verbs]
        return run_sync(applied(EXECUTOR.on_one_connection, self, self.pause, changes))


def add(text, task):
    return attrs.evolve(task, title=f"{task.title}{text}")


def test_a_verb_sees_the_row_as_it_is_when_it_wins():
    row = Row(lost=MAX_ROUNDS - 1)
    [changed] = row.apply(partial(add, "!"))
    assert changed == row.row
    assert changed.title == f"ghost{'*' * (MAX_ROUNDS - 1)}!"
    assert row.pauses == MAX_ROUNDS - 1 - changing.PATIENT_ROUNDS


def test_who_never_wins_gives_up():
    row = Row(lost=MAX_ROUNDS)
    [error] = row.apply(partial(add, "!"))
    assert isinstance(error, StoreUnavailable)
    assert str(error) == f"A row changed under {MAX_ROUNDS} attempts to change it"


def test_a_row_that_is_gone_becomes_nothing():
    row = Row()
    row.row = None
    assert row.apply(partial(add, "1"), partial(add, "2")) == [None, None]
    assert row.saves == 0


def test_verbs_are_applied_to_what_the_one_before_has_made():
    row = Row()
    error = Forbidden("no")

    def refuse(_):
        raise error

    first, refused, last = row.apply(partial(add, "1"), refuse, partial(add, "2"))
    assert [first.title, refused, last.title] == ["ghost1", error, "ghost12"]
    assert [first.version, last.version] == [2, 3]
    assert row.row == last
    assert row.saves == 1
    assert row.told == [(2, {"title": "ghost1"}), (3, {"title": "ghost12"})]
    assert row.apply(refuse) == [error]
    assert row.saves == 1, "there is nothing to save"


def test_a_verb_moves_nothing_that_no_change_stores():
    row = Row()
    before = row.row

    def verb(task):
        return attrs.evolve(task, id=8, owner="eve", created_at=utc_now(), version=70)

    [changed] = row.apply(verb)
    kept = (before.id, before.owner, before.created_at, before.version + 1)
    assert (changed.id, changed.owner, changed.created_at, changed.version) == kept


async def test_many_tasks_change_a_row_in_few_statements(database_url, empty, monkeypatch):
    empty()
    sent = []
    async with PostgresStore(database_url) as store:
        fring = Fring(store, clock=utc_now)
        task = await fring.tasks.create(NewTask("hot"))
        run = PoolExecutor.run

        def counting(self, statement, parameters, **more):
            sent.append(statement)
            return run(self, statement, parameters, **more)

        with monkeypatch.context() as patch:
            patch.setattr(PoolExecutor, "run", counting)
            toggled = await asyncio.gather(*(fring.tasks.toggle(task.id) for _ in range(CALLERS)))
        assert 2 <= len(sent) <= 6, "one goes alone, and the others together"
        assert sorted(each.version for each in toggled) == list(range(2, CALLERS + 2))
        assert (await fring.tasks.get(task.id)).version == CALLERS + 1


async def test_who_is_cancelled_takes_nobody_along(database_url, empty):
    empty()
    async with PostgresStore(database_url) as store:
        fring = Fring(store, clock=utc_now)
        task = await fring.tasks.create(NewTask("hot"))
        calls = [asyncio.create_task(fring.tasks.toggle(task.id)) for _ in range(9)]
        await asyncio.sleep(0)
        for cancelled in (calls[0], calls[4]):
            cancelled.cancel()
        results = await asyncio.gather(*calls, return_exceptions=True)
        failed = [n for n, result in enumerate(results) if isinstance(result, BaseException)]
        assert failed == [0, 4]
        # The first may have been stored, and its answer lost.
        assert (await fring.tasks.get(task.id)).version in (8, 9)


async def test_one_that_clashes_fails_alone(database_url, empty):
    empty()
    async with PostgresStore(database_url) as store:
        fring = Fring(store, clock=utc_now)
        ann = await fring.users.create(NewUser("ann", "ann@example.org"))
        await fring.users.create(NewUser("bob", "bob@example.org"))
        names = ["ann1", "ann2", "bob", "ann3"]
        results = await asyncio.gather(
            *(fring.users.update(ann.id, UserChanges(username=name)) for name in names),
            fring.users.update(ann.id, UserChanges(email="bob@example.org")),
            return_exceptions=True,
        )
        assert [type(each) for each in results[2:]] == [UsernameTaken, type(ann), EmailTaken]
        assert (await fring.users.get(ann.id)).username == "ann3"
        assert (await fring.users.get(ann.id)).version == 4


def test_an_outage_is_told_to_all_at_once():
    row = Row()
    row.error = StoreUnavailable("away")
    row.error.__cause__ = OSError("cut")
    first, second, third = row.apply(*[partial(add, "!")] * 3)
    assert first is row.error
    assert [str(second), str(third)] == ["away", "away"]
    assert second is not third, "each has a traceback of its own"
    assert second.__cause__ is third.__cause__ is row.error
    assert row.saves == 1, "whose effect nobody knows is not tried again"


def test_who_clashes_is_told_alone_until_an_outage():
    row = Row()

    async def save(executor, task, was, events):
        if "bob" in task.title:
            raise UsernameTaken("bob")
        if "3" in task.title:
            raise StoreUnavailable("away")
        return await Row.save(row, executor, task, was, events)

    row.save = save  # type: ignore[method-assign]
    verbs = [partial(add, text) for text in ("1", "bob", "2", "3", "4", "5")]
    first, taken, second, *away = row.apply(*verbs)
    assert [first.title, taken.code, second.title] == ["ghost1", "username_taken", "ghost12"]
    assert [str(each) for each in away] == ["away"] * 3
    assert row.row == second
    assert row.saves == 2


class Slow(Row):
    """A row that is read when the test says so, by one round after the other."""

    def __init__(self):
        super().__init__()
        self.reads = asyncio.Semaphore(0)
        self.together = Together(EXECUTOR)

    async def find(self, executor):
        await self.reads.acquire()
        return await super().find(executor)

    def begin(self, text):
        verb = text if callable(text) else partial(add, text)
        change = self.together.change(self, verb, CAUSE)
        return asyncio.create_task(change)


async def turns(number=10):
    for _ in range(number):
        await asyncio.sleep(0)


async def test_who_comes_during_a_round_is_in_the_next_one():
    row = Slow()
    calls = [row.begin("1")]
    await turns()
    calls += [row.begin("2"), row.begin("3")]
    await turns()
    row.reads.release()
    await turns()
    calls += [row.begin("4"), row.begin("5")]
    await turns()
    assert calls[0].done()
    assert not calls[1].done()
    row.reads.release()
    row.reads.release()
    titles = [task.title for task in await asyncio.gather(*calls)]
    assert titles == ["ghost1", "ghost12", "ghost123", "ghost1234", "ghost12345"]
    assert row.saves == 3
    assert not row.together._rows


async def test_nothing_comes_of_a_call_after_it_was_cancelled():
    row = Slow()
    calls = [row.begin(text) for text in "123"]
    await turns()
    row.reads.release()
    await turns()
    assert calls[0].done()
    calls[1].cancel()
    await turns()
    assert not calls[1].done(), "its round is under way, and may change the row yet"
    row.reads.release()
    with pytest.raises(asyncio.CancelledError):
        await calls[1]
    assert row.row.title == "ghost123"
    assert (await calls[2]).title == "ghost123"


async def test_a_round_that_nobody_waits_for_is_stopped():
    row = Slow()
    calls = [row.begin(text) for text in "123"]
    await turns()
    row.reads.release()
    await turns()
    for call in calls[1:]:
        call.cancel()
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(each) for each in results[1:]] == [asyncio.CancelledError] * 2
    assert row.row.title == "ghost1"
    row.reads.release()
    assert (await row.begin("4")).title == "ghost14"


async def test_a_round_that_all_have_left_before_it_began_changes_nothing():
    row = Slow()
    calls = [row.begin(text) for text in "12"]
    await turns()
    calls[1].cancel()
    await turns()
    assert calls[1].cancelled(), "nobody waits for others in vain"
    row.reads.release()
    assert (await calls[0]).title == "ghost1"
    await turns()
    assert row.saves == 1


@pytest.mark.parametrize("error", [Forbidden("no"), asyncio.CancelledError("no")])
async def test_a_verb_that_raises_takes_nobody_along(error):
    row = Slow()

    def refuse(_):
        raise error

    calls = [row.begin(each) for each in ("1", refuse, "2")]
    await turns()
    for _ in range(2):
        row.reads.release()
    results: list[Any] = await asyncio.gather(*calls, return_exceptions=True)
    assert type(results[1]) is type(error)
    assert [results[0].title, results[2].title] == ["ghost1", "ghost12"]


def test_what_a_loop_has_left_behind_is_nothing_to_wait_for():
    async def leave():
        row = Slow()
        left = [row.begin(text) for text in "12"]
        await turns()
        return row, left

    loop = asyncio.new_event_loop()
    row, left = loop.run_until_complete(leave())
    try:
        row.reads = asyncio.Semaphore(1)

        async def change():
            return await row.begin("3")

        assert asyncio.run(asyncio.wait_for(change(), 10)).title == "ghost3"
    finally:
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.close()


async def test_many_tasks_change_a_row_inside_a_transaction(database_url, empty):
    empty()
    async with PostgresStore(database_url) as store:
        fring = Fring(store, clock=utc_now)
        task = await fring.tasks.create(NewTask("hot"))
        async with fring.transaction() as inner:
            await asyncio.gather(*(inner.tasks.toggle(task.id) for _ in range(CALLERS)))
        assert (await fring.tasks.get(task.id)).version == CALLERS + 1


async def test_the_store_outside_is_refused_before_it_waits(database_url, empty):
    empty()
    async with PostgresStore(database_url) as store:
        fring = Fring(store, clock=utc_now)
        task = await fring.tasks.create(NewTask("hot"))
        async with fring.transaction() as inner:
            await inner.tasks.toggle(task.id)
            waiting = asyncio.create_task(fring.tasks.toggle(task.id))  # for the commit
            await turns()
            with pytest.raises(RuntimeError, match="use the store"):
                await fring.tasks.toggle(task.id)
        assert (await waiting).version == 3


def test_a_thread_waits_for_others_so_long_and_no_longer(monkeypatch):
    monkeypatch.setattr(blocking_changing, "LONGEST_WAIT", 0.01)
    row, turn = Row(), Lock()
    its_turn = InTurn(EXECUTOR)
    change: Any = partial(its_turn.change, row, partial(add, "!"), CAUSE)
    its_turn._rows[row] = turn
    with turn, pytest.raises(StoreUnavailable, match=r"Others have changed a row for 0\.01 s"):
        run_sync(change())
    assert run_sync(change()).title == "ghost!"


def test_a_thread_that_is_interrupted_lets_the_others_go_on():
    row = Row()
    row.error = KeyboardInterrupt()
    its_turn = InTurn(EXECUTOR)
    change: Any = partial(its_turn.change, row, partial(add, "!"), CAUSE)
    with pytest.raises(KeyboardInterrupt):
        run_sync(change())
    row.error = None
    assert run_sync(change()).title == "ghost!"


def test_many_threads_change_a_row_one_after_another(database_url, empty, monkeypatch):
    empty()
    sent = []
    with BlockingPostgresStore(database_url) as store:
        fring = BlockingFring(Fring(store, clock=utc_now))
        task = fring.tasks.create(NewTask("hot"))
        run = type(store._executor).run

        def counting(self, statement, parameters, **more):
            sent.append(statement)
            return run(self, statement, parameters, **more)

        with monkeypatch.context() as patch, ThreadPoolExecutor(20) as threads:
            patch.setattr(type(store._executor), "run", counting)
            list(threads.map(fring.tasks.toggle, [task.id] * CALLERS))
        assert len(sent) == 2 * CALLERS, "nobody loses a round"
        assert fring.tasks.get(task.id).version == CALLERS + 1
        changing_rows: Any = store.tasks._changing
        assert not changing_rows._rows


async def test_who_waited_while_no_connection_came_need_not_wait_again():
    """Or each round of an outage would take a second more than the one before."""

    class Away(Row):
        tried = 0

        async def find(self, _):
            self.tried += 1
            await asyncio.sleep(0.05)
            raise StoreUnavailable("away") from PoolTimeout("no connection")

    together, row = Together(EXECUTOR), Away()
    for tried in (1, 2):
        calls = [together.change(row, partial(add, "!"), CAUSE) for _ in range(20)]
        found = await asyncio.gather(*calls, return_exceptions=True)
        assert {type(each) for each in found} == {StoreUnavailable}
        assert row.tried == tried


async def test_a_statement_that_was_lost_is_nobody_elses():
    """The database may be there again for those who come next."""
    lost = iter([StoreUnavailable("lost")])

    class Lost(Row):
        async def find(self, _):
            await asyncio.sleep(0.05)
            for error in lost:
                raise error
            return self.row, None

    together, row = Together(EXECUTOR), Lost()
    calls = [together.change(row, partial(add, "!"), CAUSE) for _ in range(5)]
    found = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(each) for each in found] == [StoreUnavailable] + 4 * [type(row.row)]
