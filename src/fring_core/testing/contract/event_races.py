"""The contract of events while many change the same rows: each change has its version, and one event."""

from __future__ import annotations

from contextlib import suppress
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from fring_core import Event, NewTask, Task, TaskStatus, TransactionConflict
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import (
    LATER,
    Undo,
    add_task,
    add_user,
    check_none_failed,
)
from fring_core.testing.contract.hearing import WHY, excited
from fring_core.testing.replaying import check_replay, events_of, shown

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from fring_core import Store

    Call = Coroutine[Any, Any, object]

CALLERS = 16
MANY = 8


def _touched(task: Task) -> Task:
    done = task.status is TaskStatus.COMPLETED
    status = TaskStatus.TODO if done else TaskStatus.COMPLETED
    return attrs.evolve(task, description=f"{task.version}", status=status, updated_at=LATER)


async def _check(store: Store, heard: Sequence[Event], first: int, task_ids: Sequence[int]) -> None:
    """Assert that the events of these tasks are those that were heard, behind the first of each."""
    for task_id in task_ids:
        await check_replay(store, task_id)
        kept = (await events_of(store, task_id))[first:]
        told = [event for event in heard if event.task_id == task_id]
        assert shown(kept) == shown(sorted(told, key=attrgetter("version")))


class EventRaceTests(StoreTests):
    """Test events of calls at the same time."""

    @pytest.mark.parametrize("removing", [False, True])
    async def test_event_race_on_a_task(self, store: Store, *, removing: bool) -> None:
        """Events of a task MUST come in the order of its versions, which MUST follow each other.

        When it is done it MUST tell its cause of its events, once each, with their cursors. What
        comes when the task is removed has none.
        """
        heard: list[Event] = []
        why = WHY.telling(heard.append)
        await add_task(store, chosen=5)
        for number in range(1, CALLERS + 1):
            await add_user(store, f"u{number}", number)
        for number in range(1, CALLERS + 1, 2):
            await store.assignments.add(number, 5, WHY)
        calls: list[Call] = []
        for number in range(1, CALLERS + 1):
            assign = (store.assignments.add, store.assignments.remove)[number % 2]
            calls.append(assign(number, 5, why))
            if number % 4 == 1:
                calls.append(store.tasks.change_many([5, 5], None, _touched, why))
            if number % 4 == 3:  # the other half
                calls.append(store.tasks.change(5, None, _touched, why))
        if removing:
            calls.insert(len(calls) // 2, store.tasks.remove(5, None, why))
        check_none_failed(await self.together(*calls))
        await _check(store, heard, 1 + CALLERS // 2, [5])
        if not removing:
            changes = CALLERS + CALLERS // 4 * 3
            assert len(heard) == changes, "one for each change"

    async def test_event_race_of_many(self, store: Store) -> None:
        """Events of a task MUST come in the order of its versions, which MUST follow each other.

        Of many at once too, whichever they have in common, and in whichever order.
        """
        heard: list[Event] = []
        why = WHY.telling(heard.append)
        ids = [*range(1, 7)]
        for number in ids:
            await add_task(store, chosen=number)
        asked = [ids, ids[::-1], [*ids[3:], *ids[:3]], [ids[0], ids[5], ids[0]]] * 4
        calls: list[Call] = [store.tasks.change_many(each, None, _touched, why) for each in asked]
        check_none_failed(await self.together(*calls))
        await _check(store, heard, 1, ids)
        assert len(heard) == sum(map(len, asked))

    async def test_event_race_for_an_id(self, store: Store) -> None:
        """A call that raises MUST record none, and so MUST one that changes no row.

        Of those who choose an id, or a name, one has it, and one event tells of it.
        """
        heard: list[Event] = []
        why = WHY.telling(heard.append)
        calls: list[Call] = [store.tasks.add(NewTask(f"{n}", id=5), None, why) for n in range(MANY)]
        many = [NewTask("many", id=5), NewTask("besides", id=6)]
        calls += [store.tasks.add_many(many, None, why) for _ in range(MANY)]
        await self.together(*calls)
        assert sorted(event.task_id or 0 for event in heard) == [5, 6]
        await _check(store, heard, 0, [5, 6])

    async def test_event_race_with_a_removed_user(self, store: Store) -> None:
        """Each task that it had MUST be one version on.

        So it is with those that it is given meanwhile, or they are never given.
        """
        heard: list[Event] = []
        why = WHY.telling(heard.append)
        had, given = [*range(1, MANY + 1)], [*range(MANY + 1, 2 * MANY + 1)]
        await add_user(store, chosen=7)
        for number in [*had, *given]:
            await add_task(store, chosen=number)
        for number in had:
            await store.assignments.add(7, number, WHY)
        calls: list[Call] = [store.assignments.add(7, number, why) for number in given]
        calls.insert(len(calls) // 2, store.users.remove(7, why))
        check_none_failed(await self.together(*calls))
        assert await store.users.get(7) is None
        await _check(store, heard, 2, had)
        await _check(store, heard, 1, given)
        for number in [*had, *given]:
            task = await store.tasks.get(number, None)
            assert task is not None
            assert task.version in ((3,) if number in had else (1, 3))
        assert sum(event.user_id == 7 and event.task_id is None for event in heard) == 1

    async def test_event_race_of_transactions(self, store: Store) -> None:
        """Events of a task MUST come in the order of its versions, which MUST follow each other.

        Some are rolled back, and some refused: they have left nothing.
        """
        for number in (5, 6):
            await add_task(store, chosen=number)

        async def change(number: int) -> list[Event]:
            heard: list[Event] = []
            why = WHY.telling(heard.append)
            with suppress(Undo):
                async with store.transaction() as inner:
                    for task_id in (5, 6)[:: 1 if number % 2 else -1]:
                        await inner.tasks.change(task_id, None, excited, why)
                    if number % 3 == 0:
                        raise Undo
                return heard
            return []

        numbers = range(1, MANY + 1)
        results = await self.together(*(change(number) for number in numbers))
        # Who goes the other way round may be refused, all but who then undoes what it did: alone,
        # each comes through.
        for place, number in enumerate(numbers):
            if isinstance(results[place], TransactionConflict):
                results[place] = await change(number)
        heard = [event for result in results if isinstance(result, list) for event in result]
        assert len(heard) == 2 * sum(number % 3 > 0 for number in numbers)
        await _check(store, heard, 1, [5, 6])

    async def test_event_race_with_readers(self, store: Store) -> None:
        """What a call changes it MUST record as `fring_core.events` says, with its cause: one event for each change of a row, together with the change.

        What a call has done MUST be seen by every call that begins later. So there is no version
        without its event, and no event without its version.
        """
        await add_task(store, chosen=5)

        async def write() -> bool:
            for _ in range(MANY):
                await store.tasks.change(5, None, excited, WHY)
            return True

        async def read() -> bool:
            versions: list[int] = []
            for _ in range(MANY):
                [newest] = await store.events.of_task(5, None, 1)
                task = await store.tasks.get(5, None)
                assert task is not None
                events = await events_of(store, 5)
                versions += [newest.version, task.version, events[-1].version]
                assert [event.version for event in events] == [*range(1, len(events) + 1)]
            return versions == sorted(versions)

        results = await self.together(write(), read(), read(), write(), read())
        assert results == [True] * len(results)
