"""The contract of what each change records: one event for each row, and each time."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from fring_core import TaskStatus
from fring_core.events import assigned, unassigned, updated
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import (
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
    one_on,
)

if TYPE_CHECKING:
    from fring_core import Store

TASK_CHANGES: list[dict[str, Any]] = [
    {"title": 'an\'other \\ "title"\n\U0001f33b', "updated_at": PRECISE},
    {"description": None, "updated_at": PRECISE},
    {"description": "", "due_date": None, "updated_at": LATER},
    {"description": "other", "status": TaskStatus.COMPLETED, "updated_at": LATER},
    {"status": TaskStatus.CANCELED},  # as by a clock that went back
    {"updated_at": LATER},
    {},
]
USER_CHANGES: list[dict[str, str]] = [
    {"username": "bob"},
    {"email": "b@e.o"},
    {"username": "b", "email": "b@e.o"},
    {},
]


class EventOfChangeTests(StoreTests):
    """Test what changes record and tell of, each by itself."""

    @pytest.mark.parametrize("changes", TASK_CHANGES, ids=str)
    async def test_event_of_a_changed_task(self, store: Store, changes: dict[str, Any]) -> None:
        """What a call changes it MUST record as `fring_core.events` says, with its cause: one event for each change of a row, together with the change.

        A task that is as it was has one too.
        """
        user = await add_user(store)
        for number, owner in enumerate(LISTS, 1):
            before = await add_task(store, chosen=number, owner=owner)
            if owner is None:
                await store.assignments.add(user.id, number, WHY)
                before = one_on(before)
            # What a verb makes of the rest is not stored.
            odd = {"created_at": LATER, "version": 9, "owner": "x", "id": 9} | changes
            await check_heard(
                store,
                partial(store.tasks.change, number, owner, becoming(odd)),
                [updated(before, one_on(before, **changes), WHY)],
            )

    @pytest.mark.parametrize("changes", USER_CHANGES, ids=str)
    async def test_event_of_a_changed_user(self, store: Store, changes: dict[str, Any]) -> None:
        """What a call changes it MUST record as `fring_core.events` says, with its cause: one event for each change of a row, together with the change.

        A user that is as it was has one too; its tasks have none.
        """
        user, task = await add_user(store, "ann", 7, "hash"), await add_task(store, chosen=1)
        await store.assignments.add(user.id, task.id, WHY)
        after = one_on(user, **changes)
        for before, expected in ((user, after), (after, one_on(after))):
            await check_heard(
                store,
                partial(store.users.change, 7, becoming(changes)),
                [updated(before, expected, WHY)],
            )

    async def test_event_of_each_of_many_changes(self, store: Store) -> None:
        """What a call changes it MUST record as `fring_core.events` says, with its cause: one event for each change of a row, together with the change.

        One that is named twice has two, and one that is refused or on another list none.
        """
        for number, owner in ((1, "ann"), (2, "ann"), (3, "ann"), (4, None)):
            await add_task(store, "t", number, owner)
        task = await store.tasks.get(1, "ann")
        assert task is not None

        rows = [task]
        for _ in range(3):
            rows.append(one_on(rows[-1], title=f"{rows[-1].title}!", updated_at=LATER))
        pairs = [*pairwise(rows), tuple(attrs.evolve(row, id=3) for row in rows[:2])]
        await check_heard(
            store,
            partial(store.tasks.change_many, [3, 1, 2, 1, 9, 4, 1], "ann", excited),
            [updated(before, after, WHY) for before, after in pairs],
        )
        await check_heard(store, partial(store.tasks.change_many, [2, 9], "ann", excited), [])

    async def test_event_of_assignments(self, store: Store) -> None:
        """The task MUST be one version on, if it was assigned, and else as it was.

        Un-assign, if the two are assigned; the outcome as for `add`. Nothing else of the task is
        another; each is one event.
        """
        task = await add_task(store, chosen=5)
        for number in (8, 7):
            await add_user(store, f"u{number}", number)
        for version, (change, event, user) in enumerate(
            (
                (store.assignments.add, assigned, 8),
                (store.assignments.add, assigned, 7),
                (store.assignments.remove, unassigned, 8),
                (store.assignments.add, assigned, 8),
                (store.assignments.remove, unassigned, 7),
                (store.assignments.remove, unassigned, 8),
            ),
            2,
        ):
            await check_heard(
                store,
                partial(change, user, 5),
                [event(5, user, version, WHY)],
            )
            found = await store.tasks.get(5, None)
            assert found is not None
            assert (found, found.version) == (task, version)
            assert (await store.users.get(user) or task).version == 1
