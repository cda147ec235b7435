"""The contract of `fring_core.Assignments`: one test per clause."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fring_core import NewTask, Outcome, TaskStatus
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import CAUSE, add_task, add_user, contents, rows
from fring_core.testing.snapshot import plain

if TYPE_CHECKING:
    from fring_core import Store

ABSENT = 999


class AssignmentTests(StoreTests):
    """Test the store's assignments."""

    async def test_assignment_add_between_existing(self, store: Store) -> None:
        """Assign, unless the two are assigned already or one does not exist.

        Their fields, and those of an outcome, MUST have the types that they name.
        """
        user, task = await add_user(store), await add_task(store)
        other = await add_user(store, "bob")
        added = Outcome(user_exists=True, task_exists=True, changed=True)
        outcome = await store.assignments.add(user.id, task.id, CAUSE)
        assert plain(outcome) == plain(added)
        assert rows(await store.assignments.tasks_of(user.id, None)) == [task]
        assert rows(await store.assignments.users_of(task.id)) == [user]
        again = Outcome(user_exists=True, task_exists=True, changed=False)
        assert plain(await store.assignments.add(user.id, task.id, CAUSE)) == plain(again)
        assert rows(await store.assignments.users_of(task.id)) == [user]
        assert rows(await store.assignments.tasks_of(other.id, None)) == []

    async def test_assignment_remove_between_existing(self, store: Store) -> None:
        """Un-assign, if the two are assigned; the outcome as for `add`.

        Their fields, and those of an outcome, MUST have the types that they name.
        """
        user, task = await add_user(store), await add_task(store)
        bob, other = await add_user(store, "bob"), await add_task(store, "other")
        for pair in ((user.id, task.id), (user.id, other.id), (bob.id, task.id)):
            await store.assignments.add(*pair, CAUSE)
        removed = Outcome(user_exists=True, task_exists=True, changed=True)
        assert plain(await store.assignments.remove(user.id, task.id, CAUSE)) == plain(removed)
        assert rows(await store.assignments.tasks_of(user.id, None)) == [other]
        assert rows(await store.assignments.users_of(task.id)) == [bob]
        again = Outcome(user_exists=True, task_exists=True, changed=False)
        assert plain(await store.assignments.remove(user.id, task.id, CAUSE)) == plain(again)
        assert await store.assignments.add(user.id, task.id, CAUSE) == removed

    @pytest.mark.parametrize(
        ("user_exists", "task_exists"), [(True, False), (False, True), (False, False)]
    )
    async def test_assignment_of_what_is_absent(
        self, store: Store, *, user_exists: bool, task_exists: bool
    ) -> None:
        """Assign, unless the two are assigned already or one does not exist.

        The outcome tells which.
        """
        user_id = (await add_user(store)).id if user_exists else ABSENT
        task_id = (await add_task(store)).id if task_exists else ABSENT
        before = await contents(store)
        expected = Outcome(user_exists=user_exists, task_exists=task_exists, changed=False)
        for change in (store.assignments.add, store.assignments.remove):
            assert plain(await change(user_id, task_id, CAUSE)) == plain(expected)
        assert await contents(store) == before

    async def test_assignment_of_a_personal_task(self, store: Store) -> None:
        """A task on a personal list does not exist here."""
        user, personal = await add_user(store), await add_task(store, owner="ann")
        before = await contents(store)
        for user_id in (user.id, ABSENT):
            expected = Outcome(user_exists=user_id == user.id, task_exists=False, changed=False)
            assert await store.assignments.add(user_id, personal.id, CAUSE) == expected
            assert await store.assignments.remove(user_id, personal.id, CAUSE) == expected
        assert await store.assignments.users_of(personal.id) is None
        assert rows(await store.assignments.tasks_of(user.id, None)) == []
        assert await contents(store) == before

    async def test_assignment_tasks_of(self, store: Store) -> None:
        """Return a user's shared tasks by ascending id, those in `status` if it is given."""
        user = await add_user(store)
        for number, status in zip((9, 2, 30, 5, 1, 10, 4, 8), [*TaskStatus] * 2, strict=True):
            task = await store.tasks.add(NewTask("t", status=status, id=number), None, CAUSE)
            await store.assignments.add(user.id, task.id, CAUSE)
        await add_task(store, "nobody's", 3)
        every = await store.assignments.tasks_of(user.id, None)
        assert every is not None
        assert [task.id for task in every] == [1, 2, 4, 5, 8, 9, 10, 30]
        for status in TaskStatus:
            expected = [task for task in every if task.status is status]
            assert rows(await store.assignments.tasks_of(user.id, status)) == expected

    async def test_assignment_users_of(self, store: Store) -> None:
        """Return the users of a shared task by ascending id, or None if there is no such task."""
        task = await add_task(store)
        users = [await add_user(store, f"u{number}", number) for number in (9, 2, 30, 5)]
        for user in users:
            await store.assignments.add(user.id, task.id, CAUSE)
        await add_user(store, "free", 3)
        listed = await store.assignments.users_of(task.id)
        assert rows(listed) == sorted(users, key=lambda user: user.id)

    async def test_assignment_sides_that_are_absent(self, store: Store) -> None:
        """MUST return None if there is no such user.

        Return the users of a shared task by ascending id, or None if there is no such task.
        """
        user, task = await add_user(store), await add_task(store)
        assert rows(await store.assignments.users_of(task.id)) == []
        for status in (None, *TaskStatus):
            assert rows(await store.assignments.tasks_of(user.id, status)) == []
            assert await store.assignments.tasks_of(ABSENT, status) is None
        assert await store.assignments.users_of(ABSENT) is None
