"""The contract under many callers at once: exactly one winner, no lost update."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pytest

from fring_core import (
    AlreadyAssigned,
    EmailTaken,
    Fring,
    FringError,
    NewTask,
    NewUser,
    NotAssigned,
    Side,
    Task,
    TaskFilter,
    TaskNotFound,
    TaskStatus,
    UserChanges,
    UserFilter,
    UsernameTaken,
    UserNotFound,
)
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import (
    CALLERS,
    CAUSE,
    NOW,
    add_task,
    add_user,
    check_none_failed,
    losers,
    rows,
    save,
)
from fring_core.testing.snapshot import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from fring_core import Store


def _fring(store: Store) -> Fring:
    return Fring(store, clock=lambda: NOW)


class RaceTests(StoreTests):
    """Test the store with 32 callers at once."""

    async def _one_wins(
        self, calls: Sequence[Coroutine[Any, Any, object]], error: type[FringError]
    ) -> None:
        results = await self.together(*calls)
        assert losers(results) == [error] * (len(calls) - 1)

    async def test_race_for_a_username(self, store: Store) -> None:
        """Usernames and e-mails MUST be unique as they stand: one of many gets a username."""
        users = [NewUser("ann", f"{n}@example.org") for n in CALLERS]
        await self._one_wins([_fring(store).users.create(new) for new in users], UsernameTaken)
        assert len(await store.users.list(UserFilter(), EVERYTHING)) == 1

    async def test_race_for_an_email(self, store: Store) -> None:
        """Usernames and e-mails MUST be unique as they stand: one of many gets an e-mail."""
        users = [NewUser(f"u{n}", "ann@example.org") for n in CALLERS]
        await self._one_wins([_fring(store).users.create(new) for new in users], EmailTaken)
        assert len(await store.users.list(UserFilter(), EVERYTHING)) == 1

    async def test_race_to_rename(self, store: Store) -> None:
        """Raise `UsernameTaken`, else `EmailTaken`, if another user has them.

        One of many callers gets a name.
        """
        users = [await add_user(store, f"u{n}") for n in CALLERS]
        change = UserChanges(username="ann")
        calls = [_fring(store).users.update(user.id, change) for user in users]
        await self._one_wins(calls, UsernameTaken)
        named = await store.users.list(UserFilter(username="ann"), EVERYTHING)
        assert len(named) == 1

    async def test_race_to_assign(self, store: Store) -> None:
        """Of several callers at once exactly one MUST see `changed`."""
        user, task = await add_user(store), await add_task(store)
        fring = _fring(store)
        calls = [fring.assignments.add(user=user.id, task=task.id) for _ in CALLERS]
        await self._one_wins(calls, AlreadyAssigned)
        assert rows(await store.assignments.users_of(task.id)) == [user]

    async def test_race_to_unassign(self, store: Store) -> None:
        """Of several callers at once exactly one MUST see `changed`."""
        user, task = await add_user(store), await add_task(store)
        await store.assignments.add(user.id, task.id, CAUSE)
        fring = _fring(store)
        calls = [
            fring.assignments.remove(user=user.id, task=task.id, first=Side.TASK) for _ in CALLERS
        ]
        await self._one_wins(calls, NotAssigned)
        assert rows(await store.assignments.users_of(task.id)) == []

    async def test_race_to_delete_a_user(self, store: Store) -> None:
        """Remove a user, its hash and its assignments, not the tasks; tell whether it was there.

        One of many callers is told so.
        """
        user = await add_user(store)
        calls = [_fring(store).users.delete(user.id) for _ in CALLERS]
        await self._one_wins(calls, UserNotFound)

    async def test_race_to_delete_a_task(self, store: Store) -> None:
        """Remove a task and its assignments, not the users; tell whether it was there.

        One of many callers is told so.
        """
        task = await add_task(store)
        calls = [_fring(store).tasks.delete(task.id) for _ in CALLERS]
        await self._one_wins(calls, TaskNotFound)

    async def test_race_of_saves_loses_none(self, store: Store) -> None:
        """`verb` MUST see the present row: no save is lost."""
        task = await store.tasks.add(NewTask("marks", ""), None, CAUSE)

        async def add_mark(mark: str) -> None:
            for _ in range(2 * len(CALLERS)):
                found = await store.tasks.get(task.id, None)
                assert found is not None
                marked = attrs.evolve(found, description=f"{found.description}{mark}")
                if await save(store, marked) is not None:
                    return
            raise AssertionError("each lost round must mean that another caller won")

        marks = [chr(ord("A") + n) for n in CALLERS]
        check_none_failed(await self.together(*(add_mark(mark) for mark in marks)))
        found = await store.tasks.get(task.id, None)
        assert found is not None
        assert sorted(found.description or "") == marks
        assert found.version == 1 + len(marks)

    @pytest.mark.parametrize(
        ("owner", "status"), [(None, TaskStatus.TODO), ("ann", TaskStatus.COMPLETED)]
    )
    async def test_race_of_toggles_loses_none(
        self, store: Store, owner: str | None, status: TaskStatus
    ) -> None:
        """`verb` MUST see the present row: toggles add up."""
        task = await store.tasks.add(NewTask("task", "why", status), owner, CAUSE)
        toggled = await self.together(
            *(_fring(store).tasks.toggle(task.id, owner=owner) for _ in CALLERS)
        )
        found = await store.tasks.get(task.id, owner)
        assert found is not None
        assert found == task, "an even count leaves it as it was"
        assert found.version == 1 + len(CALLERS)
        check_none_failed(toggled)
        won = [result for result in toggled if isinstance(result, Task)]
        assert sorted(each.version for each in won) == [n + 2 for n in CALLERS]
        assert all((each.status is status) == (each.version % 2 == 1) for each in won)

    async def test_race_of_different_fields_loses_none(self, store: Store) -> None:
        """`verb` MUST see the present row.

        No change of another field is undone.
        """
        fring = _fring(store)
        for n in range(8):
            user = await add_user(store, f"u{n}")
            changed = await self.together(
                fring.users.update(user.id, UserChanges(username=f"name{n}")),
                fring.users.update(user.id, UserChanges(email=f"mail{n}@example.org")),
            )
            check_none_failed(changed)
            found = await store.users.get(user.id)
            assert found is not None
            assert (found.username, found.email) == (f"name{n}", f"mail{n}@example.org")

    async def test_race_of_assign_and_delete(self, store: Store) -> None:
        """The outcome MUST be one moment's truth: nothing is assigned to who is gone."""
        fring = _fring(store)
        for n in range(8):
            user = await add_user(store, f"u{n}")
            tasks = [await add_task(store) for _ in range(8)]
            calls: list[Coroutine[Any, Any, object]] = [
                fring.assignments.add(user=user.id, task=task.id) for task in tasks
            ]
            calls.insert(4, fring.users.delete(user.id))
            calls.append(fring.tasks.delete(tasks[0].id))
            results = await self.together(*calls)
            assert set(losers(results)) <= {UserNotFound, TaskNotFound}
            assert await store.users.get(user.id) is None
            assert await store.assignments.users_of(tasks[0].id) is None
            for task in tasks[1:]:
                assert rows(await store.assignments.users_of(task.id)) == []
        assert list(await store.tasks.list(TaskFilter(assigned=True), EVERYTHING, None)) == []
