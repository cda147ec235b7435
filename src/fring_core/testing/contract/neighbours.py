"""The contract of a removal that touches rows on which others work at the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from fring_core import Credential, Outcome, Role
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import (
    CAUSE,
    add_task,
    add_user,
    by_id,
    check_next,
    check_none_failed,
    retitled,
    rows,
    save,
)
from fring_core.testing.contract.turns import in_turns

if TYPE_CHECKING:
    from fring_core import Store

CHANGED = Outcome(user_exists=True, task_exists=True, changed=True)


class NeighbourTests(StoreTests):
    """Test removals at once with calls on what the removed row was assigned to."""

    async def test_pair_of_a_removed_user_and_its_task(self, store: Store) -> None:
        """Calls at the same time MUST NOT undo each other's work.

        A task one of whose users is removed is saved, and other users come to it and leave it.
        """
        for n, lead in enumerate(self.leads):
            task = await add_task(store)
            users = [await add_user(store, f"{name}{n}") for name in "abcd"]
            removed, leaves, stays, comes = (user.id for user in users)
            for user_id in (removed, leaves, stays):
                await store.assignments.add(user_id, task.id, CAUSE)
            changed = attrs.evolve(task, title="new")
            results = await in_turns(
                self,
                lead,
                store.users.remove(removed, CAUSE),
                store.tasks.change(task.id, None, retitled, CAUSE),
                store.assignments.add(comes, task.id, CAUSE),
                store.assignments.remove(leaves, task.id, CAUSE),
            )
            check_none_failed(results)
            assert results.pop(1) == changed
            assert results == [True, CHANGED, CHANGED]
            found = await store.tasks.get(task.id, None)
            assert found is not None
            assert found == changed
            assert found.version == 8, "one on by each"
            assert rows(await store.assignments.users_of(task.id)) == by_id(users[2:])
            assert rows(await store.assignments.tasks_of(leaves, None)) == []
            assert rows(await store.assignments.tasks_of(stays, None)) == [changed]
            assert rows(await store.assignments.tasks_of(comes, None)) == [changed]

    async def test_pair_of_a_removed_task_and_its_user(self, store: Store) -> None:
        """Calls at the same time MUST NOT undo each other's work.

        A user one of whose tasks is removed is saved, gets another hash and another role, and other
        tasks come to it and leave it.
        """
        for n, lead in enumerate(self.leads):
            user = await add_user(store, f"u{n}", None, "old")
            tasks = [await add_task(store, title) for title in "abcd"]
            removed, leaves, stays, comes = (task.id for task in tasks)
            for task_id in (removed, leaves, stays):
                await store.assignments.add(user.id, task_id, CAUSE)
            changed = attrs.evolve(user, username=f"name{n}")
            results = await in_turns(
                self,
                lead,
                store.tasks.remove(removed, None, CAUSE),
                save(store, changed),
                store.credentials.replace(Credential(user, "old"), "new"),
                store.credentials.set_role(user.id, Role.ADMIN),
                store.assignments.add(user.id, comes, CAUSE),
                store.assignments.remove(user.id, leaves, CAUSE),
            )
            check_none_failed(results)
            check_next(results.pop(1), changed)
            assert results == [True, True, True, CHANGED, CHANGED]
            check_next(await store.users.get(user.id), changed)
            found = await store.credentials.get(user.id)
            assert found == Credential(changed, "new", Role.ADMIN)
            assert rows(await store.assignments.tasks_of(user.id, None)) == by_id(tasks[2:])
            assert rows(await store.assignments.users_of(leaves)) == []
            assert rows(await store.assignments.users_of(stays)) == [changed]
            assert rows(await store.assignments.users_of(comes)) == [changed]
