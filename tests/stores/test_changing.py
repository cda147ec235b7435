"""Changes of one row: what happens to those who lose a round, and to those who wait."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import attrs
import pytest

from fring_adapters.clock import utc_now
from fring_adapters.postgres import BlockingPostgresStore, PostgresStore
from fring_adapters.postgres.repositories import changing
from fring_adapters.postgres.repositories.changing import MAX_ROUNDS, Together, applied
from fring_core import (
    BlockingFring,
    EmailTaken,
    Forbidden,
    Fring,
    NewTask,
    NewUser,
    StoreUnavailable,
    Task,
    UserChanges,
    UsernameTaken,
    run_sync,
)
from fring_core.testing.contract.base import ghost_task

CALLERS = 200

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend():
    return "asyncio"


class Row:
    """A row in no database, that others change before the first saves."""

    def __init__(self, lost=0):
        self.row: Task | None = ghost_task(7)
        self.lost = lost
        self.saves = 0
        self.pauses = 0

    async def get(self):
        return self.row

    async def save(self, task, was):
        self.saves += 1
        if self.saves <= self.lost:
            self.row = attrs.evolve(self.row, title=f"{self.row.title}*", version=was + 1)
        if self.row is None or self.row.version != was:
            return False
        self.row = task
        return True

    async def pause(self, _):
        self.pauses += 1

    def apply(self, *verbs):
        return run_sync(applied(self.get, self.save, verbs, self.pause))


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
    with pytest.raises(StoreUnavailable, match=f"changed under {MAX_ROUNDS} attempts"):
        row.apply(partial(add, "!"))


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
        run = type(store._executor).run

        def counting(self, statement, parameters):
            sent.append(statement)
            return run(self, statement, parameters)

        with monkeypatch.context() as patch:
            patch.setattr(type(store._executor), "run", counting)
            toggled = await asyncio.gather(*(fring.tasks.toggle(task.id) for _ in range(CALLERS)))
        assert len(sent) <= 6, "one goes alone, and the others together"
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
        assert not store.tasks._changing._waiting


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


async def test_who_waits_is_told_of_an_outage():
    together = Together()
    failing = asyncio.Event()

    async def apply(verbs):
        await failing.wait()
        raise StoreUnavailable(f"away, with {len(verbs)}")

    calls = [asyncio.create_task(together.change("row", None, apply)) for _ in range(3)]
    await asyncio.sleep(0)
    failing.set()
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert [str(each) for each in results] == ["away, with 1", "away, with 2", "away, with 2"]
    assert results[1] is not results[2], "each has a traceback of its own"
    assert not together._waiting


def test_many_threads_change_a_row_one_after_another(database_url, empty, monkeypatch):
    empty()
    sent = []
    with BlockingPostgresStore(database_url) as store:
        fring = BlockingFring(Fring(store, clock=utc_now))
        task = fring.tasks.create(NewTask("hot"))
        run = type(store._executor).run

        def counting(self, statement, parameters):
            sent.append(statement)
            return run(self, statement, parameters)

        with monkeypatch.context() as patch, ThreadPoolExecutor(20) as threads:
            patch.setattr(type(store._executor), "run", counting)
            list(threads.map(fring.tasks.toggle, [task.id] * CALLERS))
        assert len(sent) == 2 * CALLERS, "nobody loses a round"
        assert fring.tasks.get(task.id).version == CALLERS + 1
        assert not store.tasks._changing._rows
