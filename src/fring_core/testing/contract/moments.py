"""The contract of moments and dates: of every year that there is, and in order."""

from __future__ import annotations

import time
from datetime import date, datetime
from typing import TYPE_CHECKING

import attrs
import pytest

from fring_core import Cause, NewTask, NewUser, TaskFilter, TaskOrder, UserFilter
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import CAUSE, check_next, rows, save
from fring_core.testing.snapshot import EVERYTHING, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from fring_core import Store

    BeIn = Callable[[str], None]

# Zones behind UTC and ahead of it, neither by full hours, with an hour less in summer.
WEST, EAST = "KIT3:30KIS,M3.2.0,M11.1.0", "KIT-9:30KIS,M10.1.0,M4.1.0/3"
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
    "2024-04-06T17:00Z",  # as in `EAST`
    "2024-10-27T00:30Z",
    "2024-10-27T01:30Z",
    "2024-11-03T05:00Z",  # as in `WEST`
    "2038-01-19T03:14:07.999999Z",
    "2038-01-19T03:14:08Z",
    "2079-06-07T00:00Z",  # some small columns
    "2106-02-07T06:28:16Z",  # seconds in 32 bits without a sign
    "2107-12-31T23:59:59Z",
    "2262-04-12T00:00Z",
    "4000-02-29T12:00:00.123457Z",  # beyond what a float keeps to the microsecond
    "9999-12-29T23:59:59.999998Z",  # the last two, which as floats are one
    "9999-12-29T23:59:59.999999Z",
)
MOMENTS = tuple(datetime.fromisoformat(moment) for moment in _MOMENTS)

# What two digits of the year do not tell apart.
CENTURIES = [date(year, 6, 30) for year in (51, 99, 1951, 1999, 2049, 2051, 2068, 2070, 2099)]


class MomentTests(StoreTests):
    """Test moments and dates, in other time zones than the process is in."""

    @pytest.fixture
    def be_in(self) -> Generator[BeIn]:
        """Let the process be in another time zone, if the platform can change it."""

        def look() -> None:
            if hasattr(time, "tzset"):
                time.tzset()

        with pytest.MonkeyPatch.context() as patch:

            def be_in(zone: str) -> None:
                patch.setenv("TZ", zone)
                look()

            yield be_in
        look()

    async def test_moment_of_a_task(self, store: Store, be_in: BeIn) -> None:
        """Entities MUST come back equal to what was stored, whenever that was.

        Times MUST come back in UTC. The time zone of the process MUST make no difference. Return
        the tasks of a list that match, in this order, the page only.
        """
        be_in(WEST)
        tasks = [
            await store.tasks.add(NewTask(f"{moment}"), None, Cause(moment))
            for moment in (*MOMENTS[::2], *MOMENTS[1::2])
        ]
        for task in tasks:
            assert f"{task.created_at}" == f"{task.updated_at}" == task.title
            assert plain(await store.tasks.get(task.id, None)) == plain(task)
        newest = await store.tasks.list(TaskFilter(), EVERYTHING, None, TaskOrder.NEWEST_FIRST)
        assert [task.title for task in newest] == [f"{moment}" for moment in reversed(MOMENTS)]
        for task in newest:
            assert f"{task.created_at}" == f"{task.updated_at}" == task.title

    async def test_moment_of_a_user(self, store: Store, be_in: BeIn) -> None:
        """Entities MUST come back equal to what was stored, whenever that was.

        Times MUST come back in UTC. The time zone of the process MUST make no difference.
        """
        be_in(EAST)
        for n, moment in enumerate(MOMENTS):
            new = NewUser(f"{moment}", f"{n}@e.o")
            user = await store.users.add(new, Cause(moment))
            assert f"{user.created_at}" == user.username
            assert plain(await store.users.get(user.id)) == plain(user)
        for user in await store.users.list(UserFilter(), EVERYTHING):
            assert f"{user.created_at}" == user.username

    async def test_moment_of_a_save(self, store: Store, be_in: BeIn) -> None:
        """Replace a task by what `verb` makes of it, and return that one version on, or None.

        Changed at whatever moment, be it before the last change. The time zone of the process MUST
        make no difference.
        """
        be_in(WEST)
        first, *later = MOMENTS
        task = await store.tasks.add(NewTask("task"), None, Cause(first))
        for moment in reversed(later):
            changed = attrs.evolve(task, updated_at=moment)
            saved = await save(store, changed)
            check_next(saved, changed)
            check_next(await store.tasks.get(task.id, None), changed)
            task = saved or task

    async def test_moment_that_a_task_is_due(self, store: Store, be_in: BeIn) -> None:
        """Entities MUST come back equal to what was stored, due on whichever day.

        Their fields, and those of an outcome, MUST have the types that they name. The time zone of
        the process MUST make no difference.
        """
        dates = [date.min, *(moment.date() for moment in MOMENTS), *CENTURIES, date.max]
        for n, due_date in enumerate(dates):
            be_in((WEST, EAST)[n % 2])
            task = await store.tasks.add(NewTask("task", due_date=due_date), "ann", CAUSE)
            changed = attrs.evolve(task, due_date=dates[-1 - dates.index(due_date)])
            assert await store.tasks.get(task.id, "ann") == task
            assert task.due_date == due_date
            check_next(await save(store, changed), changed)
            check_next(await store.tasks.get(task.id, "ann"), changed)
        listed = rows(await store.tasks.list(TaskFilter(), EVERYTHING, "ann")) or []
        assert {type(task.due_date) for task in listed} == {date}
