"""Events as pure functions of before and after, against what they hold by hand."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

import attrs
import pytest

from fring_core import Cause, EventType, Task, TaskStatus, User
from fring_core.events import (
    assigned,
    created,
    deleted,
    reminded,
    replayed,
    state,
    unassigned,
    updated,
)
from tests.core.examples import NOW

LATER = NOW + timedelta(hours=1, microseconds=5)
WHY = Cause(LATER, "ann", "request 7")
TASK = Task(5, "Buy seeds", "of sunflowers", TaskStatus.TODO, NOW, NOW, None, date(2024, 3, 1), 3)
PERSONAL = attrs.evolve(TASK, owner="ann")
USER = User(7, "ann", "ann@example.org", NOW, 2)
TOLD = {
    "title": "Buy seeds",
    "description": "of sunflowers",
    "status": "todo",
    "created_at": "2024-02-29T12:00:00Z",
    "due_date": "2024-03-01",
    "remind_at": None,
}


def held(event) -> Any:
    """Return all that an event holds, but for what its cause says."""
    assert (event.actor, event.request_id, event.cursor) == ("ann", "request 7", None)
    assert json.loads(json.dumps([event.before, event.after])) == [event.before, event.after]
    ids = event.task_id, event.user_id, event.owner
    return event.type, event.at, ids, event.version, event.before, event.after


def test_a_task_is_created():
    told = TOLD | {"assignees": list[int]()}
    assert held(created(TASK, WHY)) == ("task.created", NOW, (5, None, None), 3, {}, told)
    event = created(PERSONAL, WHY)
    assert held(event) == ("task.created", NOW, (5, None, "ann"), 3, {}, TOLD)
    assert event.changed == (
        "title",
        "description",
        "status",
        "created_at",
        "due_date",
        "remind_at",
    )
    assert created(TASK, WHY, [7, 9]).after["assignees"] == [7, 9]


def test_a_user_is_created():
    told = {"username": "ann", "email": "ann@example.org", "created_at": "2024-02-29T12:00:00Z"}
    assert held(created(USER, WHY)) == ("user.created", LATER, (None, 7, None), 2, {}, told)


def test_a_task_is_updated():
    after = attrs.evolve(
        TASK, status=TaskStatus.COMPLETED, due_date=None, updated_at=LATER, version=4
    )
    before, told = {"status": "todo", "due_date": "2024-03-01"}, {"status": "completed"}
    expected = ("task.updated", LATER, (5, None, None), 4, before, told | {"due_date": None})
    assert held(updated(TASK, after, WHY)) == expected
    # What it was is told in whole where nothing of it was told before.
    known = state(TASK, WHY, [7])
    assert updated(TASK, after, WHY, known).before == TOLD | {"assignees": [7]}
    assert updated(TASK, after, WHY, known).after == told | {"due_date": None}


def test_a_task_is_as_it_was():
    touched = attrs.evolve(PERSONAL, updated_at=LATER, version=4)
    event = updated(PERSONAL, touched, WHY)
    assert held(event) == ("task.updated", LATER, (5, None, "ann"), 4, {}, {})
    assert event.changed == ()
    # A clock that went back does not take back what was told.
    assert updated(TASK, attrs.evolve(TASK, version=4), WHY).at == NOW


def test_a_user_is_updated():
    event = updated(USER, attrs.evolve(USER, username="Ann", version=3), WHY)
    told = {"username": "ann"}, {"username": "Ann"}
    assert held(event) == ("user.updated", LATER, (None, 7, None), 3, *told)


def test_what_is_deleted_is_told_in_whole():
    event = deleted(TASK, WHY, [7, 9])
    told = TOLD | {"assignees": [7, 9]}
    assert held(event) == ("task.deleted", LATER, (5, None, None), 4, told, {})
    assert held(deleted(PERSONAL, WHY)) == ("task.deleted", LATER, (5, None, "ann"), 4, TOLD, {})
    event = deleted(USER, WHY)
    assert held(event)[:4] == ("user.deleted", LATER, (None, 7, None), 3)
    assert (event.before["username"], event.after, event.changed) == ("ann", {}, ())


def test_assignments():
    his, nobodys = {"assignees": [7]}, {"assignees": list[int]()}
    came, went = held(assigned(5, 7, 4, WHY)), held(unassigned(5, 7, 4, WHY))
    assert came == ("task.assigned", LATER, (5, 7, None), 4, {}, his)
    assert went == ("task.unassigned", LATER, (5, 7, None), 4, his, nobodys)
    known = state(TASK, WHY, [7, 9])
    for event in (assigned(5, 7, 4, WHY, known), unassigned(5, 7, 4, WHY, known)):
        assert event.before == TOLD | {"assignees": [7, 9]}
        assert event.changed == ("assignees",)


AT = "2024-02-29T12:59:00Z"
ARMED = attrs.evolve(
    TASK, remind_at=datetime(2024, 2, 29, 13, 59, tzinfo=timezone(timedelta(hours=1)))
)


def test_a_task_is_reminded_of():
    told = {"remind_at": AT}
    event = reminded(ARMED, WHY)
    assert held(event) == ("task.reminded", LATER, (5, None, None), 4, told, told)
    assert event.changed == ("remind_at",)
    assert held(reminded(attrs.evolve(ARMED, owner="ann"), WHY))[2] == (5, None, "ann")
    known = state(ARMED, WHY, [7])
    assert reminded(ARMED, WHY, known).before == TOLD | told | {"assignees": [7]}
    assert reminded(ARMED, WHY, known).after == told


def test_more_than_a_minute_is_late():
    def told(after):
        return reminded(ARMED, attrs.evolve(WHY, at=ARMED.remind_at + after)).late

    assert [told(timedelta(seconds=seconds)) for seconds in (0, 60, 61)] == [False, False, True]
    assert told(timedelta(minutes=1, microseconds=1))
    assert not created(ARMED, attrs.evolve(WHY, at=LATER + timedelta(days=1))).late


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, None),
        ("", {"length": 0, "sha256": sha256(b"").hexdigest()}),
        ("\u00e4\U0001f33b", {"length": 2, "sha256": sha256("ä🌻".encode()).hexdigest()}),
    ],
)
def test_without_words(text, told):
    why = attrs.evolve(WHY, is_wordy=False)
    task, after = attrs.evolve(TASK, description=text), attrs.evolve(TASK, description="other")
    assert created(task, why).after == TOLD | {"description": told, "assignees": []}
    assert deleted(task, why).before["description"] == told
    assert updated(task, after, why).before == {"description": told}
    assert "other" not in str(updated(task, after, why))
    # Nothing is said of what has not changed.
    assert updated(task, attrs.evolve(task, title="x"), why).after == {"title": "x"}


def test_texts_and_times_are_plain():
    class Text(str):
        __slots__ = ()

        def __str__(self):
            return "another"

    there = datetime(2024, 2, 29, 14, 30, 0, 9, timezone(timedelta(hours=2)))
    odd = attrs.evolve(TASK, title=Text("title"), created_at=there)
    after = created(odd, WHY).after
    assert (after["title"], type(after["title"])) == ("title", str)
    assert after["created_at"] == "2024-02-29T12:30:00.000009Z"
    event = deleted(TASK, Cause(there))
    assert (event.at, event.at.tzinfo, event.actor, event.request_id) == (there, UTC, None, None)
    assert type(created(TASK, WHY).after["status"]) is str


def test_a_cause_needs_a_zone():
    with pytest.raises(ValueError, match="zone"):
        Cause(NOW.replace(tzinfo=None))


def test_causes_are_the_same_whoever_is_told():
    assert WHY.telling(print) == WHY
    assert WHY.telling(print).on_commit is print
    assert "tell" not in repr(WHY)


def test_the_cursor_does_not_tell_events_apart():
    event = created(TASK, WHY)
    assert attrs.evolve(event, cursor="7") == event
    assert attrs.evolve(event, version=9) != event


def story():
    """Return the events of a task, from the first on, and what it is after each."""
    first = attrs.evolve(TASK, version=1)
    second = attrs.evolve(first, title="Buy more", updated_at=LATER, version=2)
    then = {"version": 1, "updated_at": "2024-02-29T12:00:00Z"}
    later = then | {"title": "Buy more", "updated_at": "2024-02-29T13:00:00.000005Z"}
    return [
        (created(first, WHY), TOLD | then | {"assignees": []}),
        (updated(first, second, WHY), TOLD | later | {"assignees": [], "version": 2}),
        (assigned(5, 9, 3, WHY), TOLD | later | {"assignees": [9], "version": 3}),
        (assigned(5, 7, 4, WHY), TOLD | later | {"assignees": [7, 9], "version": 4}),
        (unassigned(5, 9, 5, WHY), TOLD | later | {"assignees": [7], "version": 5}),
        (deleted(attrs.evolve(second, version=5), WHY, [7]), None),
        (
            created(attrs.evolve(first, title="new"), WHY),
            TOLD | then | {"title": "new", "assignees": []},
        ),
    ]


def test_events_are_replayed():
    assert replayed([]) is None
    events = [event for event, _ in story()]
    for number, (_, expected) in enumerate(story(), 1):
        assert replayed(events[:number]) == expected


def test_a_reminder_changes_but_the_version():
    events = [created(attrs.evolve(ARMED, version=1), WHY)]
    before = replayed(events)
    task = attrs.evolve(ARMED, version=1)
    assert before is not None
    assert replayed([*events, reminded(task, WHY)]) == before | {"version": 2}
    for known in (None, state(task, WHY)):
        row = replayed([reminded(task, WHY, known)])
        assert row is not None
        assert (row["remind_at"], row["version"], "updated_at" in row) == (AT, 2, False)


def test_events_of_a_user_are_replayed():
    renamed = attrs.evolve(USER, username="Ann", version=3)
    told = {"username": "Ann", "email": "ann@example.org", "created_at": "2024-02-29T12:00:00Z"}
    events = [created(USER, WHY), updated(USER, renamed, WHY)]
    assert replayed(events) == told | {"version": 3}
    assert replayed([*events, deleted(renamed, WHY)]) is None


def test_what_was_there_before_is_replayed_from_what_it_was():
    known = state(TASK, WHY, [7, 9])
    changed = attrs.evolve(TASK, title="new", updated_at=LATER, version=4)
    for event, expected in (
        (updated(TASK, changed, WHY, known), {"title": "new", "assignees": [7, 9]}),
        (assigned(5, 8, 4, WHY, known), {"assignees": [7, 8, 9]}),
        (unassigned(5, 9, 4, WHY, known), {"assignees": [7]}),
    ):
        row = replayed([event])
        assert row is not None
        assert row.pop("version") == 4
        row.pop("updated_at", None)
        assert row == TOLD | expected


def test_replaying_changes_no_event():
    events = [event for event, _ in story()]
    before = repr(events)
    replayed(events)
    assert repr(events) == before


def test_every_type_is_a_text():
    assert {str(each) for each in EventType} == {
        *(
            f"task.{verb}"
            for verb in ("created", "updated", "deleted", "assigned", "unassigned", "reminded")
        ),
        *(f"user.{verb}" for verb in ("created", "updated", "deleted")),
    }
