"""Events of tasks as a store tells them, and whether they tell what its tasks are."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import attrs

from fring_core import Cause, Event, EventType
from fring_core.events import replayed, state
from fring_core.testing.snapshot import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fring_core import Store, Task

MOST = 1000  # of one page
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def events_of(store: Store, task_id: int, owner: str | None = None) -> list[Event]:
    """Return all events of a task of a list, from the first on."""
    page = await store.events.of_task(task_id, owner, MOST)
    found = [*page]
    while page.more:
        page = await store.events.of_task(task_id, owner, MOST, found[-1].cursor)
        found += page
    return found[::-1]


async def feed_of(store: Store, after: str | None = None, *, limit: int = MOST) -> list[Event]:
    """Return all that is in the feed behind a cursor, read in pages."""
    page = await store.events.after(after, limit)
    found = [*page.items]
    while page.more:
        page = await store.events.after(page.next, limit)
        found += page.items
    return found


def shown(events: Iterable[Event], *, cursors: bool = True) -> list[object]:
    """Return events as built-in types, with or without cursors; assert that they are JSON's."""
    return [_shown(event, cursors=cursors) for event in events]


def timeless(events: Iterable[Event]) -> list[Event]:
    """Return events as of one moment where a store has its own: when it reminded of a task."""
    return [
        attrs.evolve(event, at=_EPOCH) if event.type == EventType.TASK_REMINDED else event
        for event in events
    ]


def _shown(event: Event, *, cursors: bool) -> object:
    told = (dict(event.before), dict(event.after))
    assert json.loads(json.dumps(told)) == [*told], f"{event} holds what JSON does not"
    fields: Any = plain(event)
    # The order of the fields is told by a list.
    return {**fields, "cursor": event.cursor if cursors else None, "changed": [*event.changed]}


def by_subject(events: Iterable[Event]) -> list[Event]:
    """Return the events of each row in order: which row comes first is a store's own business."""
    return sorted(events, key=_subject)


def _subject(event: Event) -> tuple[bool, int]:
    return (event.task_id is None, event.task_id or event.user_id or 0)


def lives(events: Sequence[Event]) -> list[list[Event]]:
    """Return the events of an id's tasks, each of which ends when it is removed."""
    parts: list[list[Event]] = [[]]
    for event in events:
        parts[-1].append(event)
        if event.type is EventType.TASK_DELETED:
            parts.append([])
    return parts if parts[-1] else parts[:-1]


def check_versions(events: Sequence[Event]) -> None:
    """Assert that the versions of each task that had an id are 1, 2, 3 and so on, and no two cursors one."""
    cursors = {event.cursor for event in events}
    assert len(cursors) == len(events), "each event has a cursor of its own"
    for life in lives(events):
        versions = [event.version for event in life]
        assert versions == [*range(1, len(life) + 1)], "versions follow each other, from 1"
        assert life[0].type is EventType.TASK_CREATED


async def check_replay(store: Store, task_id: int, owner: str | None = None) -> list[Event]:
    """Return the events of a task; assert that they tell what it is now, or that it is no more."""
    events = await events_of(store, task_id, owner)
    check_versions(events)
    found = await store.tasks.get_with_users(task_id, owner)
    now = None if found is None else present(found.task, [user.id for user in found.users])
    assert replayed(events) == now, f"the events of task {task_id} tell what it is"
    return events


def present(task: Task, assignees: Sequence[int]) -> dict[str, Any]:
    """Return what a task is, as `replayed` does."""
    told = state(task, Cause(task.updated_at), assignees)
    return {**told, "updated_at": moment(task.updated_at), "version": task.version}


def moment(time: datetime) -> str:
    """Return a time as JSON has it."""
    return time.isoformat().removesuffix("+00:00") + "Z"
