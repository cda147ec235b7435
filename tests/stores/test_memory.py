"""What the memory store promises beyond the contract."""

import time
from contextvars import copy_context
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from fring_adapters.clock import utc_now
from fring_adapters.memory import MemoryStore
from fring_core import (
    Fring,
    NewTask,
    NewUser,
    NewWebhook,
    Page,
    Receipt,
    StoreUnavailable,
    TaskChanges,
    TaskFilter,
    TransactionConflict,
    run_sync,
)
from fring_core.ids import MAX_ID
from fring_core.testing import InThreads

NOW = datetime(2024, 2, 29, 12, tzinfo=UTC)


def elsewhere(coroutine):
    """Run it as somebody does who is in no block."""
    return copy_context().run(run_sync, coroutine)


@pytest.mark.parametrize("is_sent_inside", [True, False])
def test_nobody_is_told_who_is_removed_meanwhile(is_sent_inside):
    store = MemoryStore()

    async def both():
        added = await store.webhooks.add(NewWebhook("https://example.com"), "", NOW)
        webhook_id = added.webhook.id
        with pytest.raises(TransactionConflict):
            async with store.transaction() as inner:
                send = (inner if is_sent_inside else store).deliveries.send(webhook_id, NOW)
                remove = (store if is_sent_inside else inner).webhooks.remove(webhook_id)
                for call in (send, remove) if is_sent_inside else (remove, send):
                    assert elsewhere(call)
        webhook = await store.webhooks.get(webhook_id)
        assert (webhook is None) is is_sent_inside
        assert len(await store.deliveries.list(webhook_id, 9)) == (not is_sent_inside)

    run_sync(both())


def test_a_store_is_refused_once_its_transaction_is_over():
    async def use_late():
        store = MemoryStore()
        async with store.transaction() as inner:
            pass
        await inner.users.get(1)

    with pytest.raises(RuntimeError, match="transaction is over"):
        run_sync(use_late())


def test_a_transaction_is_refused_while_another_is_open_inside_it():
    async def scenario(store):
        async with store.transaction() as outer:
            with pytest.raises(ValueError, match="undone"):
                async with outer.transaction():
                    with pytest.raises(RuntimeError, match="inside this one is open"):
                        await outer.tasks.list(TaskFilter(), Page(), None)
                    with pytest.raises(RuntimeError, match="inside this one is open"):
                        async with outer.transaction():
                            pass
                    with pytest.raises(RuntimeError, match="that the block was given"):
                        await store.tasks.list(TaskFilter(), Page(), None)
                    assert elsewhere(store.tasks.list(TaskFilter(), Page(), None)) == []
                    raise ValueError("undone")
            assert await outer.tasks.list(TaskFilter(), Page(), None) == []

    run_sync(scenario(MemoryStore()))


def test_two_transactions_on_different_rows_both_commit():
    async def scenario():
        fring = Fring(MemoryStore(), clock=utc_now)
        first = await fring.tasks.create(NewTask("first"))
        second = await fring.tasks.create(NewTask("second"))

        async def other():
            async with fring.transaction() as b:
                await b.tasks.update(second.id, TaskChanges(title="two"))

        async with fring.transaction() as a:
            await a.tasks.update(first.id, TaskChanges(title="one"))
            elsewhere(other())
        return [task.title for task in await fring.tasks.list()]

    assert run_sync(scenario()) == ["one", "two"]


@pytest.mark.parametrize("clash", ["row", "name", "dangling"])
def test_a_clash_undoes_the_transaction_that_ends_last(clash):
    async def scenario():
        fring = Fring(MemoryStore(), clock=utc_now)
        user = await fring.users.create(NewUser("ann", "ann@example.org"))
        task = await fring.tasks.create(NewTask("task"))
        with pytest.raises(TransactionConflict):
            async with fring.transaction() as inner:
                await inner.tasks.create(NewTask("undone"))
                if clash == "row":
                    await inner.tasks.update(task.id, TaskChanges(title="mine"))
                    elsewhere(fring.tasks.update(task.id, TaskChanges(title="theirs")))
                elif clash == "name":
                    await inner.users.create(NewUser("bob", "bob@example.org"))
                    elsewhere(fring.users.create(NewUser("bob", "bob@example.com")))
                else:
                    await inner.assignments.add(user=user.id, task=task.id)
                    elsewhere(fring.users.delete(user.id))
        return [task.title for task in await fring.tasks.list()]

    assert run_sync(scenario()) == ["theirs" if clash == "row" else "task"]


def users_of(store, *names):
    """Add users and return their ids."""
    fring = Fring(store, clock=utc_now)
    return [run_sync(fring.users.create(NewUser(name, f"{name}@e.o"))).id for name in names]


def tasks_of(store, *titles):
    """Add tasks and return their ids."""
    fring = Fring(store, clock=utc_now)
    return [run_sync(fring.tasks.create(NewTask(title))).id for title in titles]


def test_ids_count_from_one():
    store = MemoryStore()
    assert users_of(store, "ann", "bob") == tasks_of(store, "first", "second") == [1, 2]


def test_ids_come_from_the_sources_that_are_given():
    store = MemoryStore(user_ids=count(MAX_ID, -1), task_ids=(number * number for number in (3, 7)))
    assert users_of(store, "ann", "bob") == [MAX_ID, MAX_ID - 1]
    assert tasks_of(store, "first", "second") == [9, 49]
    assert users_of(MemoryStore(task_ids=[5]), "ann") == [1]


def test_ids_that_are_taken_are_passed_over():
    store = MemoryStore(task_ids=[1, 1, 2, 3, 2, 4])
    fring = Fring(store, clock=utc_now)
    run_sync(fring.tasks.create(NewTask("chosen", id=2)))
    assert tasks_of(store, "first", "second", "third") == [1, 3, 4]


def test_ids_that_a_row_has_had_are_passed_over():
    store = MemoryStore(task_ids=[1, 1, 3, 2, 1, 4, 5])
    fring = Fring(store, clock=utc_now)
    assert tasks_of(store, "first") == [1]
    run_sync(fring.tasks.create(NewTask("chosen", id=2)))
    for number in (1, 2):
        run_sync(fring.tasks.delete(number))
    assert tasks_of(store, "second", "third") == [3, 4]
    run_sync(fring.tasks.create(NewTask("chosen", id=1)))


def test_what_cannot_be_drawn_again_is_not_remembered():
    """A store that lives long must not grow by every row that comes and goes."""
    store = MemoryStore()
    fring = Fring(store, clock=utc_now)
    run_sync(fring.tasks.create(NewTask("ahead", id=9)))
    run_sync(fring.tasks.delete(9))
    for number in tasks_of(store, *"abcdefgh"):
        run_sync(fring.tasks.delete(number))
    assert store._database.task_ids._spent == {9}
    assert tasks_of(store, "last") == [10]


@pytest.mark.parametrize("add", [users_of, tasks_of])
def test_a_store_without_more_ids_says_so_and_goes_on(add):
    store = MemoryStore(user_ids=iter([7]), task_ids=[7])
    fring = Fring(store, clock=utc_now)
    assert add(store, "ann") == [7]
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="no more"):
            add(store, "bob")
    run_sync(fring.users.create(NewUser("bob", "b@e.o", 8)))
    run_sync(fring.tasks.create(NewTask("bob", id=8)))
    listed: list[Any] = [run_sync(fring.users.list()), run_sync(fring.tasks.list())]
    assert sorted(len(entities) for entities in listed) == [1, 2]


def test_a_transaction_without_more_ids_is_undone():
    async def scenario():
        fring = Fring(MemoryStore(task_ids=[1, 2]), clock=utc_now)
        with pytest.raises(StoreUnavailable):
            async with fring.transaction() as inner:
                for title in "abc":
                    await inner.tasks.create(NewTask(title))
        return await fring.tasks.list()

    assert run_sync(scenario()) == []


@pytest.mark.parametrize("impossible", [0, -1, MAX_ID + 1, 1.0, True, "1", None])
def test_an_id_that_cannot_be_is_refused(impossible):
    store = MemoryStore(user_ids=[impossible, 1])
    with pytest.raises(ValueError, match="No id can be"):
        users_of(store, "ann")
    assert users_of(store, "ann") == [1]


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_a_source_is_asked_by_one_caller_at_a_time():
    def ids():
        for number in count(1):
            time.sleep(0)  # so that another thread would come in, if it could
            yield number

    store = MemoryStore(task_ids=ids())
    fring = Fring(store, clock=utc_now)

    async def add_some():
        for _ in range(10):
            async with fring.transaction() as inner:
                await inner.tasks.create(NewTask("inside"))
            await fring.tasks.create(NewTask("outside"))

    await InThreads().together(*(add_some() for _ in range(8)))
    listed = await fring.tasks.list(page=Page(limit=1000))
    assert [task.id for task in listed] == [*range(1, 161)]


@pytest.mark.parametrize("keys", [("key", "other"), ("other", "key")])
def test_what_has_expired_is_in_nobodys_way(keys):
    """One replaces a receipt that has expired, while another removes it on the way to its own."""
    hour = timedelta(hours=1)
    mine, theirs = (Receipt("", key, "new", "1", NOW + hour) for key in keys)

    async def keep(store, receipt, now=NOW):
        async with store.transaction() as inner:
            await inner.receipts.keep(receipt, now)

    async def scenario(store):
        await keep(store, Receipt("", "key", "old", "0", NOW), NOW - hour)
        async with store.transaction() as inner:
            await inner.receipts.keep(mine, NOW)
            elsewhere(keep(store, theirs))
        async with store.transaction() as inner:
            for receipt in (mine, theirs):
                assert await inner.receipts.hold("", receipt.key, NOW) == receipt

    run_sync(scenario(MemoryStore()))
