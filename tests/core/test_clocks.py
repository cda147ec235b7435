"""The clock that is set by hand."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo

import pytest

import fring_core.testing
from fring_adapters.memory import MemoryStore
from fring_core import Clock, FixedClock, Fring, NewTask, TaskChanges, run_sync

NOON = datetime(2024, 2, 29, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Nowhere(tzinfo):
    def utcoffset(self, _):
        return None

    def dst(self, _):
        return None

    def tzname(self, _):
        return None


def test_it_stands_still():
    clock = FixedClock(NOON)
    assert [clock() for _ in range(3)] == [NOON] * 3


def test_it_goes_on_by_its_step_after_each_reading():
    clock = FixedClock(NOON, SECOND)
    assert [clock() for _ in range(3)] == [NOON, NOON + SECOND, NOON + 2 * SECOND]
    assert clock.now == NOON + 3 * SECOND
    back = FixedClock(NOON, step=-SECOND)
    assert [back(), back()] == [NOON, NOON - SECOND]


def test_it_can_be_moved_and_set():
    clock = FixedClock(NOON)
    clock.advance(timedelta(days=1))
    assert clock() == NOON + timedelta(days=1)
    clock.advance(-timedelta(days=2))
    assert clock() == NOON - timedelta(days=1)
    clock.now = NOON
    assert clock() == NOON


def test_it_tells_utc():
    clock = FixedClock(datetime(2024, 2, 29, 14, 30, tzinfo=timezone(timedelta(hours=2.5))))
    assert clock().isoformat() == NOON.isoformat()
    clock.now = datetime(2024, 2, 29, 7, tzinfo=timezone(timedelta(hours=-5)))
    assert clock().isoformat() == NOON.isoformat()
    assert clock.now.tzinfo is UTC, "not the local time zone, which may be as far from it as UTC is"


@pytest.mark.parametrize("zone", [None, Nowhere()])
def test_a_time_without_a_zone_is_refused(zone):
    naive = NOON.replace(tzinfo=zone)
    with pytest.raises(ValueError, match="knows its zone") as raised:
        FixedClock(naive)
    assert "tzinfo=UTC" in str(raised.value)
    clock = FixedClock(NOON)
    with pytest.raises(ValueError, match="knows its zone"):
        clock.now = naive
    assert clock() == NOON


def test_it_is_the_port_and_offered_twice():
    clock: Clock = FixedClock(NOON, SECOND)
    fring = Fring(MemoryStore(), clock=clock)
    task = run_sync(fring.create_task(NewTask("task")))
    changed = run_sync(fring.update_task(task.id, TaskChanges(title="new")))
    assert (task.created_at, changed.updated_at) == (NOON, NOON + SECOND)
    assert fring_core.testing.FixedClock is FixedClock
