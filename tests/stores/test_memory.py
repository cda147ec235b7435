"""What the memory store promises beyond the contract."""

import pytest

from fring_adapters.clock import utc_now
from fring_adapters.memory import MemoryStore
from fring_core import Fring, NewTask, NewUser, TaskChanges, TransactionConflict, run_sync


def test_a_store_is_refused_once_its_transaction_is_over():
    async def use_late():
        store = MemoryStore()
        async with store.transaction() as inner:
            pass
        await inner.users.get(1)

    with pytest.raises(RuntimeError, match="transaction is over"):
        run_sync(use_late())


def test_two_transactions_on_different_rows_both_commit():
    async def scenario():
        fring = Fring(MemoryStore(), clock=utc_now)
        first = await fring.create_task(NewTask("first"))
        second = await fring.create_task(NewTask("second"))
        async with fring.transaction() as a, fring.transaction() as b:
            await a.update_task(first.id, TaskChanges(title="one"))
            await b.update_task(second.id, TaskChanges(title="two"))
        return [task.title for task in await fring.list_tasks()]

    assert run_sync(scenario()) == ["one", "two"]


@pytest.mark.parametrize("clash", ["row", "name", "dangling"])
def test_a_clash_undoes_the_transaction_that_ends_last(clash):
    async def scenario():
        fring = Fring(MemoryStore(), clock=utc_now)
        user = await fring.create_user(NewUser("ann", "ann@example.org"))
        task = await fring.create_task(NewTask("task"))
        with pytest.raises(TransactionConflict):
            async with fring.transaction() as inner:
                await inner.create_task(NewTask("undone"))
                if clash == "row":
                    await inner.update_task(task.id, TaskChanges(title="mine"))
                    await fring.update_task(task.id, TaskChanges(title="theirs"))
                elif clash == "name":
                    await inner.create_user(NewUser("bob", "bob@example.org"))
                    await fring.create_user(NewUser("bob", "bob@example.com"))
                else:
                    await inner.assign_task(user.id, task.id)
                    await fring.delete_user(user.id)
        return [task.title for task in await fring.list_tasks()]

    assert run_sync(scenario()) == ["theirs" if clash == "row" else "task"]
