"""The clock that is set by hand."""

import time
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

import pytest

import fring_core.testing
from fring_adapters.memory import MemoryStore
from fring_core import (
    PERMISSIVE,
    Accounts,
    Causes,
    Clock,
    FixedClock,
    Fring,
    InvalidInput,
    NewTask,
    NewUser,
    Registration,
    Task,
    TaskChanges,
    TaskStatus,
    User,
    run_sync,
)

NOON = datetime(2024, 2, 29, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Nowhere(tzinfo):
    def __repr__(self):
        return "Nowhere"

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


@pytest.fixture
def far_from_utc(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("far_from_utc")
def test_it_tells_utc():
    clock = FixedClock(datetime(2024, 2, 29, 14, 30, tzinfo=timezone(timedelta(hours=2.5))))
    assert clock().isoformat() == NOON.isoformat()
    clock.now = datetime(2024, 2, 29, 7, tzinfo=timezone(timedelta(hours=-5)))
    assert clock().isoformat() == NOON.isoformat()
    assert clock.now.tzinfo is UTC


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
    task = run_sync(fring.tasks.create(NewTask("task")))
    changed = run_sync(fring.tasks.update(task.id, TaskChanges(title="new")))
    assert (task.created_at, changed.updated_at) == (NOON, NOON + SECOND)
    assert fring_core.testing.FixedClock is FixedClock


READ_THE_CLOCK = {
    "create_user": lambda fring: fring.users.create(NewUser("bob", "bob@example.org")),
    "create_task": lambda fring: fring.tasks.create(NewTask("new")),
    "update_task": lambda fring: fring.tasks.update(1, TaskChanges()),
    "set_status": lambda fring: fring.tasks.set_status(1, TaskStatus.TODO),
    "toggle_task": lambda fring: fring.tasks.toggle(1),
}
NO_TIMES = [
    NOON.replace(tzinfo=None),
    NOON.replace(tzinfo=Nowhere()),
    NOON.date(),
    1.5,
    "now",
    None,
]
TOO_EARLY = datetime.min.replace(tzinfo=timezone(timedelta(hours=1)))


@pytest.mark.parametrize("told", [*NO_TIMES, TOO_EARLY], ids=repr)
@pytest.mark.parametrize("call", READ_THE_CLOCK.values(), ids=READ_THE_CLOCK)
def test_a_clock_that_tells_no_time_is_refused_and_nothing_is_stored(call, told):
    store = MemoryStore()
    before = run_sync(Fring(store, clock=FixedClock(NOON)).tasks.create(NewTask("task")))
    broken = Fring(store, clock=lambda: told)
    with pytest.raises(ValueError, match="time"):
        run_sync(call(broken))
    assert run_sync(broken.tasks.list()) == [before]
    assert run_sync(broken.users.list()) == []


def test_the_advice_is_a_clock_that_works():
    with pytest.raises(ValueError, match="knows its zone") as raised:
        run_sync(Fring(MemoryStore(), clock=datetime.now).tasks.create(NewTask("new")))
    assert "lambda: datetime.now(UTC)" in str(raised.value)
    run_sync(Fring(MemoryStore(), clock=lambda: datetime.now(UTC)).tasks.create(NewTask("new")))


def test_a_time_of_another_zone_is_turned_to_utc():
    there = NOON.astimezone(timezone(timedelta(hours=5.5)))
    fring = Fring(MemoryStore(), clock=lambda: there)
    for call in READ_THE_CLOCK.values():
        if isinstance(made := run_sync(call(fring)), Task):
            assert (made.updated_at, made.updated_at.tzinfo) == (NOON, UTC)
        assert (made.created_at, made.created_at.tzinfo) == (NOON, UTC)


def test_accounts_refuse_such_a_clock_too():
    class Passwords:
        async def hash(self, password):
            return password

    naive = datetime.now
    nobody: Any = None  # logs in
    passwords: Any = Passwords()
    accounts = Accounts(MemoryStore(), passwords=passwords, issuer=nobody, causes=Causes(naive))
    with pytest.raises(ValueError, match="knows its zone"):
        run_sync(accounts.register(Registration("ann", "ann@example.org", "password")))


@pytest.mark.parametrize("told", [NOON.replace(tzinfo=None), NOON.date()], ids=repr)
def test_entities_refuse_it_whoever_makes_them(told):
    task = NewTask("task").as_task(1, None, NOON)
    for make in (
        lambda: User(1, "ann", "a@b.c", told),
        lambda: NewUser("ann", "a@b.c").as_user(1, told),
        lambda: NewTask("task").as_task(1, None, told),
        lambda: task.change(TaskChanges(), PERMISSIVE, told),
        lambda: task.toggle(PERMISSIVE, told),
    ):
        with pytest.raises(ValueError, match="time"):
            make()


@pytest.mark.parametrize("clock", [None, NOON, "now"])
def test_what_is_no_clock_is_refused_at_once(clock):
    with pytest.raises(InvalidInput, match="clock"):
        Fring(MemoryStore(), clock=clock)
