"""What `/api/v2` shows, field by field."""

from __future__ import annotations

from typing import Annotated, Final, Self

import msgspec
from msgspec import UNSET, Struct, UnsetType

import fring_core as core
from fring_core import EventType
from fring_http.api.shapes.json_schema import Id, Json, Moment, sample
from fring_http.api.shapes.parameters import BOARD, LISTS, PERSONAL

_TYPE: Final = msgspec.Meta(extra_json_schema={"examples": [EventType.TASK_UPDATED]})


class Event(Struct, gc=False, kw_only=True, rename={"on_list": "list"}):
    """Show what has happened to a task or a user, once.

    Fields of the one that it is about are there, and the others are not. `changed` names what has
    changed; `before` and `after` hold those fields.
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
        )


class EventPage(Struct):
    """Show a part of the feed, where to go on, and whether more has come already."""

    items: list[Event]
    next: Annotated[str, sample("5f1d20aa-57")]
    more: bool


class Activity(Struct):
    """Show what has happened to a task, the newest first, and where to go on, if others follow."""

    items: list[Event]
    next: Annotated[str, sample("57")] | None
