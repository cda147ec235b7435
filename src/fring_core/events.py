"""Events: what has changed, told once for each change, from before and after.

An event holds what JSON can hold, and keeps it: what was recorded once is read by every Fring to
come. A new field of an entity is told of without a word here; a new kind of row is an entry in
`SUBJECTS`.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs

from fring_core.clocks import in_utc
from fring_core.reminders import LATE
from fring_core.tasks import Task
from fring_core.users import User

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fring_core.causes import Cause

Row: TypeAlias = "Task | User"
Told: TypeAlias = "Mapping[str, Any]"
Change: TypeAlias = "tuple[Told, Told]"  # before, after
# The task, the user, whose list it is on, the version.
About: TypeAlias = "tuple[int | None, int | None, str | None, int]"


class EventType(StrEnum):
    """Name what has happened, to what."""

    TASK_CREATED = "task.created"
    TASK_UPDATED = "task.updated"
    TASK_DELETED = "task.deleted"
    TASK_ASSIGNED = "task.assigned"
    TASK_UNASSIGNED = "task.unassigned"
    TASK_REMINDED = "task.reminded"
    USER_CREATED = "user.created"
    USER_UPDATED = "user.updated"
    USER_DELETED = "user.deleted"


_TYPES: Final[Mapping[str, EventType]] = MappingProxyType({each.value: each for each in EventType})


def _known(name: str) -> str:
    """Return the type of this name; the name itself for one of a newer Fring."""
    return _TYPES.get(name, name)


@attrs.frozen
class Event:
    """Hold one change of a task or a user.

    `type` is an `EventType`, or what a newer Fring has recorded. `at` is in UTC. The subject is the task, where there is a `task_id`, and else the user; `owner`
    is whose list the task is on, None for the shared board. `version` is the one that the subject
    has come to. `before` and `after` hold the fields that have changed, as JSON has them; of
    `assignees`, ids of those who went and of those who came. For what was never told of, `before`
    holds all that it was. `cursor` is the place in the feed, None until a store has given it one.
    """

    type: str = attrs.field(converter=_known)
    at: datetime = attrs.field(converter=in_utc)
    actor: str | None
    request_id: str | None
    task_id: int | None
    user_id: int | None
    owner: str | None
    version: int
    before: Told
    after: Told
    cursor: str | None = attrs.field(default=None, eq=False)

    @property
    def changed(self) -> tuple[str, ...]:
        """Return the names of the fields that have changed, in their order."""
        return tuple(self.after)

    @property
    def late(self) -> bool:
        """Tell whether a task was reminded of more than a minute after its time."""
        if self.type != EventType.TASK_REMINDED:
            return False
        return self.at - datetime.fromisoformat(self.after["remind_at"]) > LATE


@attrs.frozen
class EventPage:
    """Hold a part of the feed, the cursor behind it, and whether more has come already."""

    items: tuple[Event, ...]
    next: str
    more: bool


@attrs.frozen
class Subject:
    """Say how rows of a kind are told of: what their types begin with, and of which fields."""

    name: str
    fields: tuple[str, ...]

    @classmethod
    def of(cls, name: str, kind: type[Row], *besides: str) -> Subject:
        """Return a subject that tells of all fields of an entity besides these."""
        names = (field.name for field in attrs.fields(kind))
        return cls(name, tuple(name for name in names if name not in ("id", "version", *besides)))


# When it was updated is when the event was, whose list it is on stands beside, and whether a
# reminder is still to come is not told.
SUBJECTS: Final[Mapping[type[Row], Subject]] = MappingProxyType(
    {
        Task: Subject.of("task", Task, "updated_at", "owner", "disarmed"),
        User: Subject.of("user", User),
    }
)
WORDY: Final = frozenset({"description"})


def created(row: Row, cause: Cause, assignees: Sequence[int] = ()) -> Event:
    """Return the event of a row that has come to be."""
    return _of(row, "created", _at(row, cause), cause, ({}, state(row, cause, assignees)))


def updated(before: Row, after: Row, cause: Cause, known: Told | None = None) -> Event:
    """Return the event of a row that has changed; `known` is all it was, if it is told first."""
    changed = [
        name
        for name in SUBJECTS[type(after)].fields
        if getattr(before, name) != getattr(after, name)
    ]
    was = _told(before, changed, cause) if known is None else known
    return _of(after, "updated", _at(after, cause), cause, (was, _told(after, changed, cause)))


def deleted(row: Row, cause: Cause, assignees: Sequence[int] = ()) -> Event:
    """Return the event of a row that is no more, one version on."""
    gone = attrs.evolve(row, version=row.version + 1)
    return _of(gone, "deleted", cause.at, cause, (state(row, cause, assignees), {}))


def assigned(
    task_id: int, user_id: int, version: int, cause: Cause, known: Told | None = None
) -> Event:
    """Return the event of a task of the shared board that a user has come to have.

    `version` is the one that the task has come to; `known` as in `updated`.
    """
    change: Change = (known or {}, {"assignees": [user_id]})
    return _about(
        EventType.TASK_ASSIGNED, cause.at, cause, (task_id, user_id, None, version), change
    )


def unassigned(
    task_id: int, user_id: int, version: int, cause: Cause, known: Told | None = None
) -> Event:
    """Return the event of a task that a user has no more, as `assigned`."""
    change: Change = (known or {"assignees": [user_id]}, {"assignees": []})
    return _about(
        EventType.TASK_UNASSIGNED, cause.at, cause, (task_id, user_id, None, version), change
    )


def reminded(task: Task, cause: Cause, known: Told | None = None) -> Event:
    """Return the event of a task that was reminded of at `cause.at`, one version on.

    Nothing of what is told has changed: `after` holds the `remind_at` that has come, and `before`
    the same; `known` as in `updated`.
    """
    told = _told(task, ("remind_at",), cause)
    change = (told if known is None else known, told)
    return _of(task.reminded(), "reminded", cause.at, cause, change)


def state(row: Row, cause: Cause, assignees: Sequence[int] = ()) -> Told:
    """Return all that is told of a row, for a task with those who have it."""
    those = {"assignees": [*assignees]} if isinstance(row, Task) and row.owner is None else {}
    return _told(row, SUBJECTS[type(row)].fields, cause) | those


def replayed(events: Iterable[Event]) -> dict[str, Any] | None:
    """Return what a row is after its events, from the first on: None if it is no more.

    As JSON has it, with its `version`, and for a task `updated_at`.
    """
    row: dict[str, Any] | None = None
    for event in events:
        if event.type in (EventType.TASK_DELETED, EventType.USER_DELETED):
            row = None
            continue
        row = {**event.before} if row is None else row
        if event.type in (EventType.TASK_ASSIGNED, EventType.TASK_UNASSIGNED):
            went = () if event.after["assignees"] else (event.user_id,)
            those = {*row.get("assignees", ()), *event.after["assignees"]}.difference(went)
            row |= {"assignees": sorted(those)}
        else:
            row |= event.after
            if event.task_id is not None and event.type != EventType.TASK_REMINDED:
                row |= {"updated_at": _plain(event.at)}
        row["version"] = event.version
    return row


def _at(row: Row, cause: Cause) -> datetime:
    # A clock that went back does not take back what was told.
    return row.updated_at if isinstance(row, Task) else cause.at


def _of(row: Row, verb: str, at: datetime, cause: Cause, change: Change) -> Event:
    kind = f"{SUBJECTS[type(row)].name}.{verb}"
    if isinstance(row, Task):
        return _about(kind, at, cause, (row.id, None, row.owner, row.version), change)
    return _about(kind, at, cause, (None, row.id, None, row.version), change)


def _about(kind: str, at: datetime, cause: Cause, subject: About, change: Change) -> Event:
    return Event(kind, at, cause.actor, cause.request_id, *subject, *change)


def _told(row: Row, names: Iterable[str], cause: Cause) -> dict[str, Any]:
    told = {name: _plain(getattr(row, name)) for name in names}
    if not cause.is_wordy:
        told |= {name: _measured(told[name]) for name in WORDY & told.keys()}
    return told


def _measured(text: str | None) -> dict[str, Any] | None:
    """Return what tells whether a text has changed, and not what it is."""
    if text is None:
        return None
    return {"length": len(text), "sha256": sha256(text.encode()).hexdigest()}


def _plain(value: object) -> Any:
    """Return a value of a field as JSON has it."""
    if type(value) is str or value is None:  # as most
        return value
    if isinstance(value, datetime):
        return value.isoformat().removesuffix("+00:00") + "Z"
    if isinstance(value, date):
        return value.isoformat()
    return str.__str__(value) if isinstance(value, str) else value
