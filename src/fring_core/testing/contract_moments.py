"""The contract of moments and dates: of every year that there is, and in order."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import attrs

from fring_core import NewTask, NewUser, TaskFilter, TaskOrder, UserFilter
from fring_core.testing.contract_base import NOW, StoreTests, check_next, rows
from fring_core.testing.snapshot import EVERYTHING, plain

if TYPE_CHECKING:
    from fring_core import Store

# Where other types, calendars and zones have their edges, and around them.
_MOMENTS = (
    "0001-01-02T00:00Z",
    "0001-01-02T00:00:00.000001Z",
    "0999-12-31T23:59:59.999999Z",
    "1000-01-01T00:00Z",
    "1582-10-04T23:59:59Z",  # the last day before the Gregorian calendar,
    "1582-10-10T00:00Z",  # and one that it left out
    "1677-09-21T00:00Z",  # nanoseconds in 64 bits
    "1752-09-05T00:00Z",
    "1899-12-30T00:00Z",  # the first day of spreadsheets
    "1900-02-28T12:00Z",
    "1901-12-13T20:45:51Z",  # seconds in 32 bits
    "1969-12-31T23:59:59.999999Z",
    "1970-01-01T00:00Z",
    "1970-01-01T00:00:00.000001Z",
    "2000-02-29T00:00Z",
    "2016-12-31T23:59:59.999999Z",
    "2024-03-31T01:30Z",  # twice or never on the clocks of many countries,
    "2024-03-31T02:30Z",
    "2024-10-27T00:30Z",
    "2024-10-27T01:30Z",
    "2038-01-19T03:14:07.999999Z",
    "2038-01-19T03:14:08Z",
    "2079-06-07T00:00Z",  # some small columns
    "2106-02-07T06:28:16Z",  # seconds in 32 bits without a sign
    "2107-12-31T23:59:59Z",
    "2262-04-12T00:00Z",
    "4000-02-29T12:00:00.123457Z",  # beyond what a float keeps to the microsecond
    "9999-12-29T23:59:59.999999Z",
)
MOMENTS = tuple(datetime.fromisoformat(moment) for moment in _MOMENTS)


class MomentTests(StoreTests):
    """Test moments and dates."""

    async def test_moment_of_a_task(self, store: Store) -> None:
        """Entities MUST come back equal to what was stored, whenever that was.

        Times MUST come back in UTC. Return the tasks of a list that match, in this order, the page
        only.
        """
        tasks = [
            await store.tasks.add(NewTask(f"{moment}"), None, moment)
            for moment in (*MOMENTS[::2], *MOMENTS[1::2])
        ]
        for task in tasks:
            assert f"{task.created_at}" == f"{task.updated_at}" == task.title
            assert plain(await store.tasks.get(task.id, None)) == plain(task)
        newest = await store.tasks.list(TaskFilter(), EVERYTHING, None, TaskOrder.NEWEST_FIRST)
        assert [task.title for task in newest] == [f"{moment}" for moment in reversed(MOMENTS)]
        for task in newest:
            assert f"{task.created_at}" == f"{task.updated_at}" == task.title

    async def test_moment_of_a_user(self, store: Store) -> None:
        """Entities MUST come back equal to what was stored, whenever that was.

        Times MUST come back in UTC.
        """
        for n, moment in enumerate(MOMENTS):
            new = NewUser(f"{moment}", f"{n}@e.o")
            user = await store.users.add(new, moment)
            assert f"{user.created_at}" == user.username
            assert plain(await store.users.get(user.id)) == plain(user)
        for user in await store.users.list(UserFilter(), EVERYTHING):
            assert f"{user.created_at}" == user.username

    async def test_moment_of_a_save(self, store: Store) -> None:
        """Store a changed task and return it one version on, or None if it was too late.

        Changed at whatever moment, be it before the last change.
        """
        first, *later = MOMENTS
        task = await store.tasks.add(NewTask("task"), None, first)
        for moment in reversed(later):
            changed = attrs.evolve(task, updated_at=moment)
            saved = await store.tasks.save(changed)
            check_next(saved, changed)
            check_next(await store.tasks.get(task.id, None), changed)
            task = saved or task

    async def test_moment_that_a_task_is_due(self, store: Store) -> None:
        """Entities MUST come back equal to what was stored, due on whichever day.

        Their fields MUST have the types that the entities name.
        """
        dates = [date.min, *(moment.date() for moment in MOMENTS), date.max]
        for due_date in dates:
            task = await store.tasks.add(NewTask("task", due_date=due_date), "ann", NOW)
            changed = attrs.evolve(task, due_date=dates[-1 - dates.index(due_date)])
            assert await store.tasks.get(task.id, "ann") == task
            assert task.due_date == due_date
            check_next(await store.tasks.save(changed), changed)
            check_next(await store.tasks.get(task.id, "ann"), changed)
        listed = rows(await store.tasks.list(TaskFilter(), EVERYTHING, "ann")) or []
        assert {type(task.due_date) for task in listed} == {date}
