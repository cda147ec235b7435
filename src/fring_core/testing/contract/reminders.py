"""The contract of reminders: at their time, once, unless somebody was faster."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from fring_core import PERMISSIVE, Cause, Event, NewTask, TaskChanges, TaskStatus
from fring_core.clocks import FIRST
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import CAUSE, LATER, NOW, Undo, check_none_failed
from fring_core.testing.contract.hearing import LISTS, check_unheard, heard_of
from fring_core.testing.contract.turns import pause
from fring_core.testing.replaying import check_replay, events_of, moment

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from fring_core import Store, Task

MOST = 1000
TASKS = range(1, 25)
CALLERS = 8
LATE = 0.05  # seconds
MINUTE = timedelta(minutes=1)
FINAL = (TaskStatus.COMPLETED, TaskStatus.CANCELED)
SOON = timedelta(seconds=30)


def reminding(why: Cause = CAUSE) -> Cause:
    """Return a cause of this moment: the clock of a database may decide, and not the cause."""
    return attrs.evolve(why, at=datetime.now(UTC))


async def reminded(store: Store, limit: int = MOST) -> list[Event]:
    """Remind of what is due; return the events, of which there are as many as was told."""
    heard: list[Event] = []
    number = await store.tasks.remind(limit, reminding().telling(heard.append))
    assert number == len(heard)
    return heard


async def add_due(
    store: Store, number: int = 1, at: datetime | None = None, owner: str | None = None
) -> Task:
    """Add a task that is to be reminded of at a moment, or was an hour ago."""
    due = datetime.now(UTC) - timedelta(hours=1) if at is None else at
    return await store.tasks.add(NewTask("t", "why", id=number, remind_at=due), owner, CAUSE)


async def change(store: Store, number: int = 1, owner: str | None = None, **changes: Any) -> Task:
    """Change a task, by the core's own rules."""

    def verb(task: Task) -> Task:
        return task.change(TaskChanges(**changes), PERMISSIVE, LATER)

    changed = await store.tasks.change(number, owner, verb, CAUSE)
    assert changed is not None
    return changed


class ReminderTests(StoreTests):
    """Test that tasks are reminded of."""

    @pytest.mark.parametrize("owner", LISTS)
    async def test_reminder_of_a_task(self, store: Store, owner: str | None) -> None:
        """Each MUST be one version on and `disarmed`, and nothing else of it changed.

        Each MUST be reminded of once, however many callers there are. Its event holds the time
        that has come.
        """
        due = await add_due(store, owner=owner)
        await store.tasks.add(NewTask("another", id=2), owner, CAUSE)
        began = datetime.now(UTC)
        number, [event] = await heard_of(
            store, lambda why: store.tasks.remind(MOST, reminding(why))
        )
        assert number == 1
        assert due.remind_at is not None
        assert (event.type, event.actor, event.request_id) == (
            *("task.reminded", "Ann", "another request"),
        )
        assert abs(event.at - began) < MINUTE
        assert (event.task_id, event.user_id, event.owner, event.version) == (1, None, owner, 2)
        told = {"remind_at": moment(due.remind_at)}
        assert (event.before, event.after) == (told, told)
        task = await store.tasks.get(1, owner)
        assert (task, task and task.version, task and task.disarmed) == (due, 2, True)
        await check_replay(store, 1, owner)
        await check_unheard(store, lambda why: store.tasks.remind(MOST, reminding(why)))

    async def test_reminder_before_its_time(self, store: Store) -> None:
        """None MUST be reminded of before its time."""
        now = datetime.now(UTC)
        for number, later in enumerate((SOON, timedelta(hours=1), timedelta(days=10_000)), 1):
            await add_due(store, number, now + later)
        await check_unheard(store, lambda why: store.tasks.remind(MOST, reminding(why)))
        await add_due(store, 4)
        assert [event.task_id for event in await reminded(store)] == [4]

    async def test_reminder_that_is_late(self, store: Store) -> None:
        """A database's own clock decides and tells when it was, if there is one, and else `cause.at`.

        Whether it was late can be told by that.
        """
        now = datetime.now(UTC)
        for number, ago in enumerate((timedelta(), timedelta(seconds=90), now - FIRST), 1):
            await add_due(store, number, now - ago)
        late = {event.task_id: event.late for event in await reminded(store)}
        assert late == {1: False, 2: True, 3: True}

    async def test_reminder_that_is_moved(self, store: Store) -> None:
        """`verb` MUST see the present row: another time arms, the same does not, and none disarms."""
        task = await add_due(store)
        assert len(await reminded(store)) == 1
        for at, number in (
            (task.remind_at, 0),
            (NOW, 1),
            (NOW, 0),
            (datetime.now(UTC) + timedelta(days=1), 0),
            (None, 0),
            (NOW, 1),
        ):
            changed = await change(store, remind_at=at)
            assert changed.remind_at == at
            assert len(await reminded(store)) == number, at
        for at, number in ((None, 0), (datetime.now(UTC) + timedelta(days=1), 0), (NOW, 1)):
            await change(store, remind_at=LATER)
            await change(store, remind_at=at)
            assert len(await reminded(store)) == number, at
        await check_replay(store, 1)

    @pytest.mark.parametrize("owner", LISTS)
    @pytest.mark.parametrize("status", FINAL)
    async def test_reminder_of_what_is_final(
        self, store: Store, status: TaskStatus, owner: str | None
    ) -> None:
        """Remind of tasks whose `reminds_at` has come, on all lists; return how many, at most `limit`.

        A task in a final status has none, nor has one that was reopened, until another is set.
        """
        await add_due(store, owner=owner)
        told = partial(change, store, owner=owner)
        await told(status=status)
        assert await reminded(store) == []
        await told(remind_at=NOW)
        assert await reminded(store) == []
        await told(status=TaskStatus.IN_PROGRESS)
        assert await reminded(store) == []
        await told(title="new")
        assert await reminded(store) == []
        await told(remind_at=LATER)
        assert len(await reminded(store)) == 1
        await told(status=status, remind_at=NOW)
        assert await reminded(store) == []
        await told(status=TaskStatus.TODO, remind_at=LATER)
        assert len(await reminded(store)) == 1
        await check_replay(store, 1, owner)

    async def test_reminder_of_many_that_are_changed(self, store: Store) -> None:
        """One that is named again MUST be changed again, from what the first made of it.

        So what was completed and reopened at once is not to be reminded of any more.
        """
        for number in (1, 2):
            await add_due(store, number)

        def turned(task: Task) -> Task:
            done = task.status is TaskStatus.COMPLETED
            status = TaskStatus.TODO if done else TaskStatus.COMPLETED
            return task.change(TaskChanges(status=status), PERMISSIVE, LATER)

        await store.tasks.change_many([1, 1], None, turned, CAUSE)
        assert [event.task_id for event in await reminded(store)] == [2]

    async def test_reminder_of_what_is_gone(self, store: Store) -> None:
        """A chosen id may be a removed task's, from which the new one MUST inherit nothing."""
        await add_due(store)
        await store.tasks.remove(1, None, CAUSE)
        assert await reminded(store) == []
        await store.tasks.add(NewTask("new", id=1), None, CAUSE)
        assert await reminded(store) == []
        await store.tasks.add(NewTask("done", None, FINAL[0], id=2, remind_at=NOW), None, CAUSE)
        assert await reminded(store) == []

    async def test_reminder_of_a_few(self, store: Store) -> None:
        """Those that are due for longest MUST come first."""
        for number, owner in ((3, None), (1, "ann"), (5, None), (4, "7"), (2, None)):
            await add_due(store, number, NOW - number * MINUTE, owner)
        assert await reminded(store, 0) == []
        for limit, numbers in ((2, [5, 4]), (1, [3]), (5, [2, 1]), (5, [])):
            assert [event.task_id for event in await reminded(store, limit)] == numbers

    async def test_reminder_in_a_transaction(self, store: Store) -> None:
        """Leaving it by an exception, cancellation included, MUST roll back: then nothing was told."""
        await add_due(store)
        await add_due(store, 2)
        for commits in (False, True):
            with suppress(Undo):
                async with store.transaction() as inner:
                    assert len(await reminded(inner)) == 2
                    assert await reminded(inner) == []
                    await check_replay(inner, 1)
                    assert len(await events_of(store, 1)) == 1
                    if not commits:
                        raise Undo
        assert await reminded(store) == []
        await check_replay(store, 1)

    async def test_reminder_race(self, store: Store) -> None:
        """Each MUST be reminded of once, however many callers there are."""
        heard: list[Event] = []
        for number in TASKS:
            await add_due(store, number, owner=LISTS[number % 2])

        async def work() -> None:
            for _ in TASKS:
                if not await store.tasks.remind(MOST, reminding().telling(heard.append)):
                    return

        check_none_failed(await self.together(*(work() for _ in range(CALLERS))))
        heard += await reminded(store)  # what one had in hand, and the others left
        assert sorted(event.task_id or 0 for event in heard) == [*TASKS]
        for number in TASKS:
            assert len(await check_replay(store, number, LISTS[number % 2])) == 2

    async def test_reminder_race_with_a_transaction(self, store: Store) -> None:
        """What another caller has in hand may be left for the next time.

        Each MUST be reminded of once, however many callers there are. Who comes before the others
        commit gets none of theirs, or they have to do without.
        """
        for number in TASKS:
            await add_due(store, number)

        async def together() -> None:
            async with store.transaction() as inner:
                await inner.tasks.remind(MOST, reminding())
                await pause(2 * LATE)

        async def alone() -> None:
            await pause(LATE)
            await store.tasks.remind(MOST, reminding())

        await self.together(together(), alone())
        await reminded(store)
        for number in TASKS:
            assert len(await check_replay(store, number)) == 2, "it has come to be, and its time"

    async def test_reminder_race_with_changes(self, store: Store) -> None:
        """Events of a task MUST come in the order of its versions, which MUST follow each other.

        Whoever completes it while others remind of it, is before them or behind.
        """
        for number in TASKS:
            await add_due(store, number)
        calls: list[Coroutine[Any, Any, object]] = [
            change(store, number, status=TaskStatus.COMPLETED) for number in TASKS
        ]
        for place in range(CALLERS):
            calls.insert(4 * place, store.tasks.remind(2, reminding()))
        check_none_failed(await self.together(*calls))
        assert await reminded(store) == []
        for number in TASKS:
            events = await check_replay(store, number)
            types = [str(event.type).removeprefix("task.") for event in events[1:]]
            assert types in (["updated"], ["reminded", "updated"])
