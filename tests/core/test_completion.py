"""Completion as a view of the status: what `completed` sets, and what a toggle does."""

from datetime import UTC, date, datetime, timedelta

import pytest

from fring_core import (
    PERMISSIVE,
    STRICT,
    UNSET,
    InvalidInput,
    NewTask,
    Problem,
    Task,
    TaskChanges,
    TaskStatus,
    TransitionRefused,
)
from fring_core.status import CANCELED, COMPLETED, IN_PROGRESS, TODO

NOW = datetime(2024, 2, 29, 12, tzinfo=UTC)
LATER = NOW + timedelta(seconds=1)
REFUSED = object()

# What is said about `completed` and about `status`: the status that a task in each has after.
TABLE = {
    # said              todo         in_progress  completed  canceled
    (UNSET, UNSET): (TODO, IN_PROGRESS, COMPLETED, CANCELED),
    (True, UNSET): (COMPLETED, COMPLETED, COMPLETED, COMPLETED),
    (False, UNSET): (TODO, IN_PROGRESS, TODO, CANCELED),
    (UNSET, TODO): (TODO,) * 4,
    (UNSET, IN_PROGRESS): (IN_PROGRESS,) * 4,
    (UNSET, COMPLETED): (COMPLETED,) * 4,
    (UNSET, CANCELED): (CANCELED,) * 4,
    (True, TODO): REFUSED,
    (True, IN_PROGRESS): REFUSED,
    (True, COMPLETED): (COMPLETED,) * 4,
    (True, CANCELED): REFUSED,
    (False, TODO): (TODO,) * 4,
    (False, IN_PROGRESS): (IN_PROGRESS,) * 4,
    (False, COMPLETED): REFUSED,
    (False, CANCELED): (CANCELED,) * 4,
}


def task(status):
    return Task(7, "t", "why", status, NOW, NOW, "ann", due_date=date(2024, 3, 1), version=3)


def test_the_table_is_complete():
    assert set(TABLE) == {
        (completed, status) for completed in (UNSET, True, False) for status in (UNSET, *TaskStatus)
    }


@pytest.mark.parametrize(("said", "expected"), TABLE.items())
def test_completed_and_status(said, expected):
    completed, status = said
    if expected is REFUSED:
        with pytest.raises(InvalidInput) as raised:
            TaskChanges(status=status, completed=completed)
        assert raised.value.problems == (
            Problem(
                "completed",
                f"must be {str(not completed).lower()} or absent, to agree with the status"
                f" '{status}'",
            ),
        )
        return
    changes = TaskChanges(status=status, completed=completed)
    for before, after in zip(TaskStatus, expected, strict=True):
        assert changes.status_after(before) is after
        changed = task(before).change(changes, PERMISSIVE, LATER)
        assert (changed.status, changed.updated_at) == (after, LATER)
        assert (changed.title, changed.due_date, changed.version) == ("t", date(2024, 3, 1), 3)


def test_a_contradiction_is_reported_with_the_other_faults():
    with pytest.raises(InvalidInput) as raised:
        TaskChanges("", status="todo", completed=True)
    assert [problem.field for problem in raised.value.problems] == ["title", "completed"]


TOGGLES = [
    # workflow, before, after
    (PERMISSIVE, TODO, COMPLETED),
    (PERMISSIVE, IN_PROGRESS, COMPLETED),
    (PERMISSIVE, COMPLETED, TODO),
    (PERMISSIVE, CANCELED, COMPLETED),
    (STRICT, TODO, REFUSED),
    (STRICT, IN_PROGRESS, COMPLETED),
    (STRICT, COMPLETED, TODO),
    (STRICT, CANCELED, REFUSED),
]


@pytest.mark.parametrize(("workflow", "before", "after"), TOGGLES)
def test_toggle(workflow, before, after):
    if after is REFUSED:
        with pytest.raises(TransitionRefused) as raised:
            task(before).toggle(workflow, LATER)
        assert (raised.value.before, raised.value.after) == (before, COMPLETED)
        return
    toggled = task(before).toggle(workflow, LATER)
    assert (toggled.status, toggled.updated_at, toggled.version) == (after, LATER, 3)
    assert task(before).toggle(workflow, NOW - timedelta(1)).updated_at == NOW


@pytest.mark.parametrize("completed", [True, False])
@pytest.mark.parametrize("before", TaskStatus)
def test_completed_asks_the_workflow(before, completed):
    changes = TaskChanges(completed=completed)
    if completed and before in (TODO, CANCELED):
        with pytest.raises(TransitionRefused):
            task(before).change(changes, STRICT, LATER)
    else:
        assert task(before).change(changes, STRICT, LATER).status is changes.status_after(before)


@pytest.mark.parametrize("due_date", [None, date.min, date(2024, 2, 29), date.max])
def test_due_date(due_date):
    new = NewTask("t", due_date=due_date).as_task(7, "ann", NOW)
    assert (new.due_date, new.owner) == (due_date, "ann")
    assert new.change(TaskChanges(), PERMISSIVE, NOW).due_date == due_date
    changed = task(TODO).change(TaskChanges(due_date=due_date), PERMISSIVE, NOW)
    assert changed.due_date == due_date
