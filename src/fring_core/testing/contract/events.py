"""The contract of what each call records: one event for each row that it changes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import attrs
import pytest

from fring_core import NewTask, NewUser, Task, TaskStatus, User
from fring_core.events import created, deleted, unassigned, updated
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import (
    DUE,
    LATER,
    PRECISE,
    add_task,
    add_user,
)
from fring_core.testing.contract.hearing import (
    LISTS,
    WHY,
    becoming,
    check_heard,
    excited,
    heard_of,
    one_on,
)

if TYPE_CHECKING:
    from fring_core import Store


class EventTests(StoreTests):
    """Test what calls record and tell of, each by itself."""

    @pytest.mark.parametrize("owner", LISTS)
    async def test_event_of_a_new_task(self, store: Store, owner: str | None) -> None:
        """When it is done it MUST tell its cause of its events, once each, with their cursors.

        The event of an addition holds all that the task is.
        """
        task = Task(
            3, "t", "why", TaskStatus.COMPLETED, PRECISE, PRECISE, owner=owner, due_date=DUE
        )
        await check_heard(
            store,
            partial(store.tasks.add, NewTask("t", "why", task.status, DUE, 3), owner),
            [created(task, WHY)],
        )
        _, [event] = await heard_of(store, partial(store.tasks.add, NewTask("t", id=4), owner))
        assert (event.at, event.actor, event.request_id) == (PRECISE, "Ann", "another request")
        assert (event.task_id, event.user_id, event.owner, event.version) == (4, None, owner, 1)
        assert (event.before, event.after["title"]) == ({}, "t")

    async def test_event_of_a_new_user(self, store: Store) -> None:
        """What a call changes it MUST record as `fring_core.events` says, with its cause: one event for each change of a row, together with the change.

        When it is done it MUST tell its cause of its events, once each, with their cursors. They
        tell of no hash.
        """
        for number, password_hash in ((3, None), (4, "$hash$")):
            new = NewUser(f"u{number}", f"{number}@e.o", number)
            user = User(number, new.username, new.email, PRECISE)
            await check_heard(
                store,
                partial(store.users.add, new, password_hash=password_hash),
                [created(user, WHY)],
            )

    @pytest.mark.parametrize("owner", LISTS)
    async def test_event_of_each_of_many_additions(self, store: Store, owner: str | None) -> None:
        """What a call changes it MUST record as `fring_core.events` says, with its cause: one event for each change of a row, together with the change.

        Those whose id is taken have none.
        """
        await add_task(store, chosen=2)
        several = [NewTask(f"t{number}", id=number) for number in (5, 2, 1, 5, 4)]
        made = [
            several[place].as_task(several[place].id or 0, owner, PRECISE) for place in (0, 2, 4)
        ]
        await check_heard(
            store,
            partial(store.tasks.add_many, several, owner),
            [created(task, WHY) for task in made],
        )
        await check_heard(store, partial(store.tasks.add_many, [], owner), [])

    async def test_event_of_a_removed_task(self, store: Store) -> None:
        """What a call changes it MUST record as `fring_core.events` says, with its cause: one event for each change of a row, together with the change.

        That of a task that was removed holds all that it was, and who had it.
        """
        for number in (8, 7):
            await add_user(store, f"u{number}", number)
        for number, owner in enumerate(LISTS, 1):
            task, users = await add_task(store, chosen=number, owner=owner), list[int]()
            for user in (8, 7) if owner is None else ():
                await store.assignments.add(user, number, WHY)
                users, task = sorted([*users, user]), one_on(task)
            await check_heard(
                store,
                partial(store.tasks.remove, number, owner, version=task.version),
                [deleted(task, WHY, users)],
            )

    @pytest.mark.parametrize("password_hash", [None, "hash"])
    async def test_event_of_all_that_goes_with_a_user(
        self, store: Store, password_hash: str | None
    ) -> None:
        """Each task that it had MUST be one version on.

        One event for each: for the tasks that it had, for those of its list if it had a hash, and
        for the user.
        """
        user = await add_user(store, "ann", 7, password_hash)
        await add_user(store, "bob", 8)
        shared = [await add_task(store, chosen=number) for number in (3, 1, 2)]
        own = [await add_task(store, chosen=number, owner="7") for number in (5, 4)]
        for pair in ((7, 1), (8, 1), (7, 3), (8, 2)):
            await store.assignments.add(*pair, WHY)
        gone = own if password_hash else []
        await check_heard(
            store,
            partial(store.users.remove, 7),
            [
                unassigned(3, 7, 3, WHY),
                unassigned(1, 7, 4, WHY),
                *(deleted(task, WHY) for task in gone),
                deleted(user, WHY),
            ],
        )
        for task, version in zip(shared, (3, 4, 2), strict=True):
            found = await store.tasks.get(task.id, None)
            assert found is not None
            assert (found, found.version) == (task, version)

    async def test_event_without_words(self, store: Store) -> None:
        """What a call changes it MUST record as `fring_core.events` says, with its cause: one event for each change of a row, together with the change.

        Where it is not wordy, no event holds a description. No actor and no request are None.
        """
        why = attrs.evolve(WHY, is_wordy=False, actor=None, request_id=None)
        task = Task(1, "t", "s\u00e9cret \U0001f512", TaskStatus.TODO, PRECISE, PRECISE)
        other = one_on(task, description="other", updated_at=LATER)
        second = one_on(other, title="t!")
        third = one_on(second, title="t!!")
        for call, events in (
            (
                partial(store.tasks.add, NewTask(task.title, task.description, id=1), None),
                [created(task, why)],
            ),
            (
                partial(
                    store.tasks.change,
                    1,
                    None,
                    becoming({"description": "other", "updated_at": LATER}),
                ),
                [updated(task, other, why)],
            ),
            (
                partial(store.tasks.change_many, [1, 1], None, excited),
                [updated(other, second, why), updated(second, third, why)],
            ),
            (partial(store.tasks.remove, 1, None), [deleted(third, why)]),
        ):
            await check_heard(store, call, events, why)
