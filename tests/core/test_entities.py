"""What users and tasks do when they are told to change."""

from datetime import UTC, date, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fring_core import (
    PERMISSIVE,
    STRICT,
    UNSET,
    NewUser,
    Task,
    TaskChanges,
    TaskStatus,
    TransitionRefused,
    User,
    UserChanges,
)
from fring_core.testing import strategies

NOW = datetime(2024, 2, 29, 12, tzinfo=UTC)
USER = User(7, "ann", "ann@example.org", NOW, version=3)
TASK = Task(
    7, "title", "why", TaskStatus.TODO, NOW, NOW, "ann", due_date=date(2024, 3, 1), version=3
)


def test_a_new_user_becomes_one():
    assert NewUser("ann", "ann@example.org", 7).as_user(9, NOW) == User(
        9, "ann", "ann@example.org", NOW, version=1
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (UserChanges(), USER),
        (UserChanges(username="bob"), attrs.evolve(USER, username="bob")),
        (UserChanges(email="b@e.o"), attrs.evolve(USER, email="b@e.o")),
        (UserChanges("bob", "b@e.o"), User(7, "bob", "b@e.o", NOW)),
    ],
)
def test_user_change(changes, expected):
    assert USER.change(changes) == expected
    assert USER.change(changes).version == 3


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        (TaskChanges(), {}),
        (TaskChanges(title="new"), {"title": "new"}),
        (TaskChanges(description="new"), {"description": "new"}),
        (TaskChanges(description=""), {"description": ""}),
        (TaskChanges(description=None), {"description": None}),
        (TaskChanges(status=TaskStatus.CANCELED), {"status": TaskStatus.CANCELED}),
        (TaskChanges(due_date=date(2025, 1, 1)), {"due_date": date(2025, 1, 1)}),
        (TaskChanges(due_date=None), {"due_date": None}),
    ],
)
def test_task_change_sets_what_is_set(changes, fields):
    later = NOW + timedelta(seconds=1)
    changed = TASK.change(changes, PERMISSIVE, later)
    assert changed == attrs.evolve(TASK, updated_at=later, **fields)
    assert changed.version == 3


@given(strategies.task_changes())
def test_task_change_leaves_what_is_unset(changes):
    changed = TASK.change(changes, PERMISSIVE, NOW)
    for name in ("title", "description", "due_date"):
        wanted = getattr(changes, name)
        expected = getattr(TASK, name) if wanted is UNSET else wanted
        assert getattr(changed, name) == expected
    assert changed.status is changes.status_after(TASK.status)


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1))
def test_updated_at_never_goes_backwards(microseconds):
    task, latest = TASK, NOW
    for shift in microseconds:
        now = NOW + timedelta(microseconds=shift)
        task = task.change(TaskChanges(), PERMISSIVE, now)
        latest = max(latest, now)
        assert task.updated_at == latest
    assert task.created_at == NOW


def test_task_change_asks_the_workflow():
    with pytest.raises(TransitionRefused) as raised:
        TASK.change(TaskChanges(status=TaskStatus.COMPLETED), STRICT, NOW)
    assert (raised.value.before, raised.value.after) == ("todo", "completed")
    started = TASK.change(TaskChanges(status="in_progress"), STRICT, NOW)
    assert started.status is TaskStatus.IN_PROGRESS
    # Other changes, and the present status again, are no move.
    assert TASK.change(TaskChanges(title="new"), STRICT, NOW).title == "new"
    assert TASK.change(TaskChanges(status="todo"), STRICT, NOW).status is TaskStatus.TODO


@pytest.mark.parametrize("entity", [USER, TASK])
def test_entities_are_immutable_and_equal_whatever_their_version(entity):
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        entity.id = 8
    assert attrs.evolve(entity, version=4) == entity
    assert hash(attrs.evolve(entity, version=4)) == hash(entity)
    assert attrs.evolve(entity, id=8) != entity
