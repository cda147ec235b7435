"""When a task is to be reminded of: what arms a reminder, and what disarms it."""

from datetime import UTC, datetime, timedelta, timezone

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fring_adapters.memory import MemoryStore
from fring_core import (
    PERMISSIVE,
    BlockingFring,
    FixedClock,
    Fring,
    InvalidInput,
    NewTask,
    Problem,
    Task,
    TaskChanges,
    TaskStatus,
)
from fring_core.clocks import FIRST, LAST
from fring_core.testing import strategies
from tests.core.examples import NOW

LATER = NOW + timedelta(hours=1)
TASK = Task(7, "title", "why", TaskStatus.TODO, NOW, NOW, remind_at=LATER)
FINAL = (TaskStatus.COMPLETED, TaskStatus.CANCELED)
OPEN = (TaskStatus.TODO, TaskStatus.IN_PROGRESS)
NO_TIME = "must be a time that knows its zone, such as datetime(..., tzinfo=UTC)"
TOO_FAR = "must be of the years 1 to 9999, and a day from their ends"


def changed(task, **changes):
    return task.change(TaskChanges(**changes), PERMISSIVE, NOW)


@pytest.mark.parametrize("moment", [FIRST, NOW, LAST, None])
def test_a_time_is_kept(moment):
    new = NewTask("t", remind_at=moment).as_task(7, "ann", NOW)
    assert (new.remind_at, new.reminds_at) == (moment, moment)
    again = changed(TASK, remind_at=moment)
    assert (again.remind_at, again.reminds_at) == (moment, moment)
    assert changed(again).remind_at == moment


def test_a_time_is_turned_to_utc():
    there = datetime(2024, 2, 29, 14, tzinfo=timezone(timedelta(hours=2)))
    moments = [
        NewTask("t", remind_at=there).remind_at,
        TaskChanges(remind_at=there).remind_at,
        attrs.evolve(TASK, remind_at=there).remind_at,
    ]
    assert [str(moment) for moment in moments] == ["2024-02-29 12:00:00+00:00"] * 3
    with pytest.raises(ValueError, match="zone"):
        attrs.evolve(TASK, remind_at=NOW.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("moment", "message", "code"),
    [
        ("2024-02-29T12:00:00Z", NO_TIME, "type_error"),
        (NOW.date(), NO_TIME, "type_error"),
        (5, NO_TIME, "type_error"),
        (NOW.replace(tzinfo=None), NO_TIME, "type_error"),
        (FIRST - timedelta(microseconds=1), TOO_FAR, None),
        (LAST + timedelta(microseconds=1), TOO_FAR, None),
        (datetime.max.replace(tzinfo=timezone(-timedelta(hours=1))), TOO_FAR, None),
    ],
)
def test_what_is_no_time_is_refused(moment, message, code):
    for build in (lambda: NewTask("t", remind_at=moment), lambda: TaskChanges(remind_at=moment)):
        with pytest.raises(InvalidInput) as raised:
            build()
        problem = (
            Problem("remind_at", message) if code is None else Problem("remind_at", message, code)
        )
        assert raised.value.problems == (problem,)


def test_a_task_is_reminded_of_once():
    told = TASK.reminded()
    assert (told, told.version, told.remind_at, told.reminds_at) == (TASK, 2, LATER, None)
    assert told.disarmed
    assert "disarmed" not in repr(told)


def test_another_time_arms_and_the_same_does_not():
    told = TASK.reminded()
    assert changed(told, title="new").reminds_at is None
    assert changed(told, remind_at=LATER).reminds_at is None
    assert changed(told, remind_at=NOW).reminds_at == NOW
    cleared = changed(told, remind_at=None)
    assert (cleared.remind_at, cleared.reminds_at, cleared.disarmed) == (None, None, False)
    assert changed(cleared, remind_at=LATER).reminds_at == LATER


@pytest.mark.parametrize("final", FINAL)
@pytest.mark.parametrize("reopened", OPEN)
def test_a_final_status_disarms(final, reopened):
    done = changed(TASK, status=final)
    assert (done.remind_at, done.reminds_at) == (LATER, None)
    assert changed(done, status=reopened).reminds_at is None
    assert changed(changed(done, title="new"), status=reopened).reminds_at is None
    assert changed(changed(TASK, status=FINAL[0]), status=FINAL[1]).reminds_at is None


@pytest.mark.parametrize("final", FINAL)
def test_what_is_set_while_it_is_final_is_not_armed(final):
    done = changed(attrs.evolve(TASK, remind_at=None), status=final)
    late = changed(done, remind_at=NOW)
    assert (late.remind_at, late.reminds_at) == (NOW, None)
    assert changed(late, status=TaskStatus.TODO).reminds_at is None
    # But with the reopening, and after it.
    assert changed(done, remind_at=NOW, status=TaskStatus.TODO).reminds_at == NOW
    assert changed(changed(late, status=TaskStatus.TODO), remind_at=LATER).reminds_at == LATER
    assert changed(TASK, remind_at=NOW, status=final).reminds_at is None
    assert NewTask("t", status=final, remind_at=NOW).as_task(7, None, NOW).reminds_at is None


def test_a_task_without_one_is_never_disarmed():
    done = changed(attrs.evolve(TASK, remind_at=None), status=TaskStatus.COMPLETED)
    assert not done.disarmed
    assert not changed(done, status=TaskStatus.TODO).disarmed


@given(st.lists(strategies.task_changes(), max_size=6))
def test_what_is_armed_is_what_was_set_last_while_it_was_open(story):
    task, armed = TASK, TASK.remind_at
    for changes in story:
        before, task = task, task.change(changes, PERMISSIVE, NOW)
        if task.status in FINAL:
            armed = None
        elif task.remind_at != before.remind_at:
            armed = task.remind_at
        elif before.status in FINAL:
            armed = None
        assert task.reminds_at == armed


def test_whoever_fires_is_told_how_many():
    clock = FixedClock(NOW)
    heard: list[str] = []
    awaited = Fring(MemoryStore(), clock=clock, on_commit=lambda event: heard.append(event.type))
    fring = BlockingFring(awaited)
    fring.tasks.create_many([NewTask("t", remind_at=LATER)] * 3)
    heard.clear()
    assert fring.reminders.fire() == 0
    clock.now = LATER
    assert [fring.reminders.fire(2), fring.reminders.fire(0), fring.reminders.fire()] == [2, 0, 1]
    assert fring.reminders.fire() == 0
    assert heard == ["task.reminded"] * 3
    assert [task.remind_at for task in fring.tasks.list()] == [LATER] * 3
    for limit in (-1, 1001):
        with pytest.raises(InvalidInput, match="limit"):
            fring.reminders.fire(limit)


def test_moments_are_plain(time_machine):
    time_machine.move_to(NOW, tick=False)
    assert type(NewTask("t", remind_at=datetime.now(UTC)).remind_at) is type(NOW)
