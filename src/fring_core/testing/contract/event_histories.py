"""The contract of what the events of a task tell when they are read from the first on."""

from __future__ import annotations

from contextlib import suppress
from itertools import permutations
from typing import TYPE_CHECKING, Any, cast

from fring_core import NewTask
from fring_core.testing.agreement import LISTS
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import CAUSE, Undo, add_task, add_user
from fring_core.testing.contract.hearing import becoming, excited
from fring_core.testing.contract.writes import WRITES, settle
from fring_core.testing.replaying import check_replay, events_of, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from fring_core import Event, Store

    Step = Callable[[Store], Coroutine[Any, Any, object]]


async def _again(store: Store) -> None:
    await store.tasks.remove(1, None, CAUSE)
    await store.tasks.add_many([NewTask("again", id=1)], None, CAUSE)


STEPS: dict[str, Step] = {
    "change": lambda store: store.tasks.change(1, None, excited, CAUSE),
    "clear": lambda store: store.tasks.change(
        1, None, becoming({"description": None, "due_date": None}), CAUSE
    ),
    "leave": lambda store: store.tasks.change_many([1, 1], None, becoming({}), CAUSE),
    "assign": lambda store: store.assignments.add(7, 1, CAUSE),
    "un-assign": lambda store: store.assignments.remove(8, 1, CAUSE),
    "remove a user": lambda store: store.users.remove(7, CAUSE),
    "choose it again": _again,
}


async def _check_all(store: Store) -> None:
    for owner in LISTS:
        for number in range(1, 9):
            await check_replay(store, number, owner)


class EventHistoryTests(StoreTests):
    """Test that from nothing, all events in order give what there is."""

    async def test_event_history_of_all_writes(self, store: Store) -> None:
        """Events of a task MUST come in the order of its versions, which MUST follow each other.

        After each write they tell what each task is now, or that it is no more.
        """
        await settle(store)
        await _check_all(store)
        for write in WRITES.values():
            await write(store)
            await _check_all(store)

    async def test_event_history_of_a_transaction(self, store: Store) -> None:
        """Inside a transaction, its own MUST be among them, those of before come before them."""
        await settle(store)
        async with store.transaction() as outer:
            for commits in (False, True):
                for write in WRITES.values():
                    with suppress(Undo):
                        async with outer.transaction() as inner:
                            await write(inner)
                            await _check_all(inner)
                            if not commits:
                                raise Undo
                    await _check_all(outer)
            await _check_all(store)
        await _check_all(store)

    async def test_event_history_in_any_order(self, store: Store) -> None:
        """Events of a task MUST come in the order of its versions, which MUST follow each other.

        Whatever was done to it before.
        """
        for steps in [*permutations(STEPS, 2)]:
            await add_task(store, chosen=1)
            for name, number in (("ann", 7), ("bob", 8)):
                await add_user(store, name, number)
            await store.assignments.add(8, 1, CAUSE)
            for step in steps:
                await STEPS[step](store)
            await check_replay(store, 1)
            await store.tasks.remove(1, None, CAUSE)
            await check_replay(store, 1)
            for number in (7, 8):
                await store.users.remove(number, CAUSE)

    async def test_event_history_is_nobodys(self, store: Store) -> None:
        """What is returned MUST belong to the caller: changing it changes nothing stored.

        Nor does what a cause was told.
        """
        heard: list[Event] = []
        await add_user(store, chosen=8)
        why = CAUSE.telling(heard.append)
        await store.tasks.add(NewTask("t", id=1), None, why)
        await store.assignments.add(8, 1, why)
        await store.tasks.change(1, None, excited, why)
        before = shown(await events_of(store, 1))
        for event in [*heard, *await events_of(store, 1)]:
            told: Any
            for told in (event.before, event.after):
                for value in told.values():
                    if isinstance(value, list):
                        cast("list[object]", value).append("spoilt")
                if isinstance(told, dict):
                    told["spoilt"] = "spoilt"
        assert shown(await events_of(store, 1)) == before
