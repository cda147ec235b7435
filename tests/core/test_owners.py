"""Which owners there can be, in every use case; and which dates and which yes or no."""

from datetime import UTC, date, datetime

import pytest

from fring_adapters.clock import utc_now
from fring_adapters.memory import MemoryStore
from fring_core import Fring, InvalidInput, NewTask, Problem, TaskChanges, TaskStatus, run_sync

# No task has the id 0: what is wrong with the input is said before what is not there.
CALLS = {
    "create": lambda fring, owner: fring.tasks.create(NewTask("task"), owner=owner),
    "list": lambda fring, owner: fring.tasks.list(owner=owner),
    "get": lambda fring, owner: fring.tasks.get_with_users(0, owner=owner),
    "update": lambda fring, owner: fring.tasks.update(0, TaskChanges(), owner=owner),
    "set status": lambda fring, owner: fring.tasks.set_status(0, TaskStatus.TODO, owner=owner),
    "toggle": lambda fring, owner: fring.tasks.toggle(0, owner=owner),
    "delete": lambda fring, owner: fring.tasks.delete(0, owner=owner),
}


@pytest.mark.parametrize("owner", ["", "a\0b", "\ud800", "x" * 256, 5])
@pytest.mark.parametrize("call", CALLS)
def test_an_owner_that_cannot_be(call, owner):
    fring = Fring(MemoryStore(), clock=utc_now)
    with pytest.raises(InvalidInput, match=r"^owner: "):
        run_sync(CALLS[call](fring, owner))


@pytest.mark.parametrize("owner", [" ", "x" * 255, "Ann", "日本", None])
def test_an_owner_that_can_be(owner):
    fring = Fring(MemoryStore(), clock=utc_now)
    assert run_sync(fring.tasks.create(NewTask("task"), owner=owner)).owner == owner


@pytest.mark.parametrize("due", ["2026-12-31", 5, datetime(2026, 12, 31, tzinfo=UTC)])
def test_a_due_date_is_a_date(due):
    for build in (lambda: NewTask("task", due_date=due), lambda: TaskChanges(due_date=due)):
        with pytest.raises(InvalidInput) as raised:
            build()
        assert raised.value.problems == (
            Problem("due_date", "must be a date, such as date(2025, 2, 3)", "type_error"),
        )
    assert NewTask("task", due_date=date(2026, 12, 31)).due_date == date(2026, 12, 31)


@pytest.mark.parametrize("completed", [1, 0, "true", None])
def test_completed_is_true_or_false(completed):
    with pytest.raises(InvalidInput) as raised:
        TaskChanges(completed=completed)
    assert raised.value.problems == (Problem("completed", "must be true or false", "type_error"),)
