"""What `/api/v2` shows, field by field."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Final, Self

import msgspec
from msgspec import UNSET, Struct, UnsetType

import fring_core as core
from fring_core import EventType, TaskStatus, text
from fring_http.api.shapes.json_schema import Body, Id, Json, Moment, said, sample
from fring_http.api.shapes.parameters import BOARD, LISTS, PERSONAL

_TYPE: Final = msgspec.Meta(extra_json_schema={"examples": [EventType.TASK_UPDATED]})


class Event(Struct, gc=False, kw_only=True, rename={"on_list": "list"}):
    """Show what has happened to a task or a user, once.

    Fields of the one that it is about are there, and the others are not. `changed` names what has
    changed; `before` and `after` hold those fields. `late` is there of a task that was reminded of.
    """

    cursor: Annotated[str, sample("5f1d20aa-57")]
    at: Moment
    type: Annotated[str, _TYPE]
    actor: Annotated[str, sample("ann")] | None
    request_id: Annotated[str, sample("0d6c1a44b58d1f3900000001")] | None
    task_id: Id | UnsetType = UNSET
    user_id: Id | UnsetType = UNSET
    on_list: Annotated[str, msgspec.Meta(extra_json_schema={"enum": LISTS})] | UnsetType = UNSET
    version: Id
    changed: Annotated[list[str], sample(["status"])]
    before: Annotated[Json, sample({"status": "todo"})]
    after: Annotated[Json, sample({"status": "completed"})]
    late: bool | UnsetType = UNSET

    @classmethod
    def of(cls, event: core.Event) -> Self:
        """Return what is shown of an event."""
        on_list = BOARD if event.owner is None else PERSONAL
        return cls(
            cursor=event.cursor or "",
            at=event.at,
            type=event.type,
            actor=event.actor,
            request_id=event.request_id,
            task_id=UNSET if event.task_id is None else event.task_id,
            user_id=UNSET if event.user_id is None else event.user_id,
            on_list=UNSET if event.task_id is None else on_list,
            version=event.version,
            changed=[*event.changed],
            before={**event.before},
            after={**event.after},
            late=event.late if event.type == EventType.TASK_REMINDED else UNSET,
        )


class FullTask(Struct, gc=False, kw_only=True, rename={"on_list": "list"}):
    """Show a task of the board, or of the caller's own list, and who has it."""

    id: Id
    on_list: Annotated[str, msgspec.Meta(extra_json_schema={"enum": LISTS})]
    title: Annotated[str, sample("Order seeds")]
    description: Annotated[str, sample("Beans and peas")] | None
    status: TaskStatus
    due_date: date | None
    remind_at: Moment | None
    assignees: Annotated[list[Id], sample([1001])]
    created_at: Moment
    updated_at: Moment
    version: Id

    @classmethod
    def of(cls, found: core.TaskWithUsers) -> Self:
        """Return what is shown of a task and its users."""
        task = found.task
        return cls(
            id=task.id,
            on_list=BOARD if task.owner is None else PERSONAL,
            title=task.title,
            description=task.description,
            status=task.status,
            due_date=task.due_date,
            remind_at=task.remind_at,
            assignees=[user.id for user in found.users],
            created_at=task.created_at,
            updated_at=task.updated_at,
            version=task.version,
        )


class TaskPatch(Body):
    """Take what to change of a task (RFC 7396): what is absent stays, null clears."""

    examples: ClassVar = {
        "A reminder": {"remind_at": "2030-06-01T07:00:00Z"},
        "Without a day": {"status": "in_progress", "due_date": None},
    }

    title: Annotated[str, said(text.TITLE)] | UnsetType = UNSET
    description: Annotated[str, said(text.DESCRIPTION)] | UnsetType | None = UNSET
    status: TaskStatus | UnsetType = UNSET
    due_date: date | UnsetType | None = UNSET
    remind_at: Moment | UnsetType | None = UNSET

    def to_core(self) -> core.TaskChanges:
        """Return the changes; raise `InvalidInput`."""
        given = msgspec.structs.asdict(self).items()
        return core.TaskChanges(**{name: value for name, value in given if value is not UNSET})


class EventPage(Struct):
    """Show a part of the feed, where to go on, and whether more has come already."""

    items: list[Event]
    next: Annotated[str, sample("5f1d20aa-57")]
    more: bool


class Activity(Struct):
    """Show what has happened to a task, the newest first, and where to go on, if others follow."""

    items: list[Event]
    next: Annotated[str, sample("57")] | None
