"""The contract of two different calls on one row, at the same time: neither undoes the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pytest

from fring_core import Credential, Outcome, Role
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import (
    CAUSE,
    add_task,
    add_user,
    by_id,
    check_next,
    check_none_failed,
    hash_of,
    retitled,
    rows,
    save,
)
from fring_core.testing.contract.turns import in_turns, late

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from fring_core import Store

    Call = Coroutine[Any, Any, object]

CHANGED = Outcome(user_exists=True, task_exists=True, changed=True)


class PairTests(StoreTests):
    """Test two calls at once, one some turns ahead of the other, that both have to succeed."""

    async def _pair(self, lead: int, one: Call, other: Call) -> list[Any]:
        results = await in_turns(self, lead, one, other)
        check_none_failed(results)
        return results

    async def test_pair_of_save_and_replace(self, store: Store) -> None:
        """Calls at the same time MUST NOT undo each other's work.

        A save of a user does not undo a change of its hash, nor the other way round.
        """
        for n, lead in enumerate(self.leads):
            user = await add_user(store, f"u{n}", None, "old")
            renamed = attrs.evolve(user, username=f"name{n}")
            replacing = store.credentials.replace(Credential(user, "old"), "new")
            saved, replaced = await self._pair(lead, save(store, renamed), replacing)
            check_next(saved, renamed)
            assert replaced is True
            assert await store.credentials.find(f"name{n}", None) == Credential(saved, "new")
            assert await hash_of(store, user.id) == "new"
            check_next(await store.users.get(user.id), renamed)

    @pytest.mark.parametrize("other", ["save", "replace", "remove"])
    async def test_pair_of_role_and_another_change(self, store: Store, other: str) -> None:
        """Calls at the same time MUST NOT undo each other's work.

        That a user gets a role undoes no change of the user, nor the other way round.
        """
        for n, lead in enumerate(self.leads):
            user = await add_user(store, f"u{n}", None, "old")
            match other:
                case "save":
                    call: Call = save(store, attrs.evolve(user, username=f"name{n}"))
                case "replace":
                    call = store.credentials.replace(Credential(user, "old"), "new")
                case _:
                    call = store.users.remove(user.id, CAUSE)
            giving = store.credentials.set_role(user.id, Role.ADMIN)
            given, changed = await self._pair(lead, giving, call)
            found = await store.credentials.get(user.id)
            if other == "remove":
                assert (changed, found) == (True, None)
                continue
            assert found is not None
            assert (given, bool(changed), found.role) == (True, True, Role.ADMIN)
            expected = (f"name{n}", "old") if other == "save" else (f"u{n}", "new")
            assert (found.user.username, found.password_hash) == expected

    @pytest.mark.parametrize("assigned", [False, True])
    @pytest.mark.parametrize("kind", ["user", "task"])
    async def test_pair_of_save_and_assign(
        self, store: Store, kind: str, *, assigned: bool
    ) -> None:
        """Calls at the same time MUST NOT undo each other's work.

        A save does not undo that a task was assigned or un-assigned, nor the other way round.
        """
        for n, lead in enumerate(self.leads):
            user, task = await add_user(store, f"u{n}"), await add_task(store)
            change = store.assignments.remove if assigned else store.assignments.add
            if assigned:
                await store.assignments.add(user.id, task.id, CAUSE)
            saving: Call
            if kind == "user":
                user = attrs.evolve(user, email=f"{n}@new.org")
                saving = save(store, user)
            else:
                task = attrs.evolve(task, title="new")
                saving = store.tasks.change(task.id, None, retitled, CAUSE)
            saved, outcome = await self._pair(lead, saving, change(user.id, task.id, CAUSE))
            assert saved == (user if kind == "user" else task)
            assert outcome == CHANGED
            users, tasks = ([], []) if assigned else ([user], [task])
            assert rows(await store.assignments.users_of(task.id)) == users
            assert rows(await store.assignments.tasks_of(user.id, None)) == tasks
            assert await store.users.get(user.id) == user
            found = await store.tasks.get(task.id, None)
            assert found is not None
            assert found == task
            assert found.version == 2 + assigned + (kind == "task")

    async def test_pair_of_save_and_remove(self, store: Store) -> None:
        """MUST return None if there is no such user.

        MUST return None if there is no such task on the list. No
        save brings back what is removed.
        """
        for n, lead in enumerate(self.leads):
            user, task = await add_user(store, f"u{n}", None, "hash"), await add_task(store)
            await store.assignments.add(user.id, task.id, CAUSE)
            saving: Call = store.tasks.change(task.id, None, retitled, CAUSE)
            removing: Call = store.tasks.remove(task.id, None, CAUSE)
            assert (await self._pair(lead, saving, removing))[1] is True
            assert await store.tasks.get(task.id, None) is None
            assert rows(await store.assignments.tasks_of(user.id, None)) == []
            removing = store.users.remove(user.id, CAUSE)
            assert (await self._pair(lead, save(store, user), removing))[1] is True
            assert await store.users.get(user.id) is None
            assert await store.credentials.find(user.username, None) is None

    async def test_pair_of_replace_and_remove(self, store: Store) -> None:
        """Remove a user, its hash and its assignments, not the tasks; tell whether it was there.

        No hash comes back.
        """
        for n, lead in enumerate(self.leads):
            user = await add_user(store, f"u{n}", 7, "hash")
            replacing = store.credentials.replace(Credential(user, "hash"), "late")
            _, removed = await self._pair(lead, replacing, store.users.remove(7, CAUSE))
            assert removed is True
            assert await hash_of(store, 7) is None
            again = await add_user(store, f"u{n}", 7)
            assert await store.credentials.find(f"u{n}", None) == Credential(again, None)
            await store.users.remove(7, CAUSE)

    @pytest.mark.parametrize("assigned", [False, True])
    @pytest.mark.parametrize("kind", ["user", "task"])
    async def test_pair_of_assign_and_remove(
        self, store: Store, kind: str, *, assigned: bool
    ) -> None:
        """The outcome MUST be one moment's truth: `changed` if both exist, and only then.

        Un-assign, if the two are assigned; the outcome as for `add`. Nobody has what is removed.
        """
        others = [(await add_user(store, f"u{n}"), await add_task(store)) for n in range(6)]
        change = store.assignments.remove if assigned else store.assignments.add
        for lead in self.leads:
            await add_user(store, "ann", 99)
            await add_task(store, "t", 99)
            by_user = kind == "user"
            pairs = [(99, task.id) if by_user else (user.id, 99) for user, task in others]
            for pair in pairs if assigned else []:
                await store.assignments.add(*pair, CAUSE)
            # In the middle: some are under way when it begins, and some come later.
            calls: list[Call] = [late(change(*pair, CAUSE), n) for n, pair in enumerate(pairs)]
            removing = (
                store.users.remove(99, CAUSE) if by_user else store.tasks.remove(99, None, CAUSE)
            )
            results = await self.together(*calls[:3], late(removing, 3 + lead), *calls[3:])
            check_none_failed(results)
            assert results.pop(3) is True
            for outcome in results:
                assert isinstance(outcome, Outcome)
                assert outcome.changed is (outcome.user_exists and outcome.task_exists), outcome
            await (
                store.tasks.remove(99, None, CAUSE) if by_user else store.users.remove(99, CAUSE)
            )
            await add_user(store, "again", 99)
            await add_task(store, "again", 99)
            assert rows(await store.assignments.tasks_of(99, None)) == []
            assert rows(await store.assignments.users_of(99)) == []
            for user, task in others:
                assert rows(await store.assignments.tasks_of(user.id, None)) == []
                assert rows(await store.assignments.users_of(task.id)) == []
            await store.users.remove(99, CAUSE)
            await store.tasks.remove(99, None, CAUSE)

    async def test_pair_of_assignments(self, store: Store) -> None:
        """Calls at the same time MUST NOT undo each other's work.

        Users come to one task, and tasks to one user, at once, and another leaves.
        """
        for round_, lead in enumerate(self.leads):
            users = [await add_user(store, f"u{round_}:{n}") for n in range(4)]
            tasks = [await add_task(store, f"t{n}") for n in range(4)]
            user, task = users[0].id, tasks[0].id
            await store.assignments.add(user, task, CAUSE)
            calls = [store.assignments.remove(user, task, CAUSE)]
            calls += [store.assignments.add(other.id, task, CAUSE) for other in users[1:]]
            calls += [store.assignments.add(user, other.id, CAUSE) for other in tasks[1:]]
            calls = [late(call, lead * (n % 2)) for n, call in enumerate(calls)]
            assert await self.together(*calls) == [CHANGED] * len(calls)
            assert rows(await store.assignments.users_of(task)) == by_id(users[1:])
            assert rows(await store.assignments.tasks_of(user, None)) == by_id(tasks[1:])
