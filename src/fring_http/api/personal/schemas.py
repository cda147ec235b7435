"""What the personal API sends and takes, field by field."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, TypeAlias

import attrs
from msgspec import UNSET, Meta, Struct, UnsetType

import fring_core as core
from fring_core import VIEWS, InvalidInput, Problem, TaskStatus, text
from fring_http.api.personal.due_dates import read_due_date
from fring_http.api.shapes.json_schema import Body, Id, Json, Moment, said, sample

if TYPE_CHECKING:
    from collections.abc import Iterable

DESCRIPTION: Final = attrs.evolve(text.DESCRIPTION, most=1000)


# A text, since it may be a timestamp too: see `read_due_date`.
DueDate: TypeAlias = Annotated[str, Meta(extra_json_schema={"format": "date"})]


class Status(StrEnum):
    """Name a status in a body; `pending` is another word for todo."""

    PENDING = "pending"
    TODO = "todo"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELED = "canceled"


def _both(*, completed: bool, statuses: Iterable[Status]) -> Json:
    properties = {"completed": {"const": completed}, "status": {"enum": [*statuses]}}
    return {"properties": properties, "required": list(properties)}


# Both may be said, if they say the same.
AGREEING: Final[Json] = {
    "not": {
        "anyOf": [
            _both(completed=False, statuses=[Status.COMPLETED]),
            _both(completed=True, statuses=[each for each in Status if each != Status.COMPLETED]),
        ]
    }
}


class OwnTask(Struct, gc=False):
    """Show a task of a personal list."""

    id: Id
    user_id: Annotated[str, sample("me")]
    title: Annotated[str, sample("Water the plants")]
    description: Annotated[str, sample("Those on the balcony")] | None
    completed: Annotated[bool, Meta(examples=[False])]
    status: Annotated[TaskStatus, sample("in_progress")]
    due_date: date | None
    created_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, task: core.Task, user_id: str) -> OwnTask:
        """Return what is shown of a task."""
        return cls(
            task.id,
            user_id,
            task.title,
            task.description,
            VIEWS[task.status].completed,
            task.status,
            task.due_date,
            task.created_at,
            task.updated_at,
        )


class NewOwnTask(Body):
    """Take a task to create; `completed` and `status` must agree."""

    rule: ClassVar = AGREEING
    examples: ClassVar = {
        "Due on a day": {"title": "Water the plants", "due_date": "2030-06-01"},
        "Begun": {
            "title": "Paint the fence",
            "description": "Two coats, the second one thin",
            "status": "in_progress",
        },
    }

    title: Annotated[str, said(text.TITLE)]
    description: Annotated[str, said(DESCRIPTION)] | None = None
    status: Status | UnsetType = UNSET
    completed: bool | UnsetType = UNSET
    due_date: DueDate | None = None

    def to_core(self) -> core.NewTask:
        """Return the task to create; raise `InvalidInput`."""
        said = _said_by(self)
        status = said.status_after(TaskStatus.TODO)
        due_date = None if said.due_date is core.UNSET else said.due_date
        return core.NewTask(self.title, self.description, status, due_date)


class OwnTaskChanges(Body):
    """Take what to change of a task: what is absent stays, null clears what may be null.

    `completed` and `status` must agree.
    """

    rule: ClassVar = AGREEING
    shown: ClassVar = OwnTask.__struct_encode_fields__
    examples: ClassVar = {"Another day": {"title": "Water all plants", "due_date": "2030-06-02"}}

    title: Annotated[str, said(text.TITLE)] | UnsetType = UNSET
    description: Annotated[str, said(DESCRIPTION)] | UnsetType | None = UNSET
    status: Status | UnsetType = UNSET
    completed: bool | UnsetType = UNSET
    due_date: DueDate | UnsetType | None = UNSET

    def to_core(self) -> core.TaskChanges:
        """Return the changes; raise `InvalidInput`."""
        return _said_by(self)


class Completion(Body):
    """Take whether a task is to be completed."""

    examples: ClassVar = {"Completed, whatever it was": {"completed": True}}

    completed: bool


def _core_status(status: Status | UnsetType) -> TaskStatus | UnsetType:
    if status is UNSET:
        return UNSET
    return TaskStatus.TODO if status is Status.PENDING else TaskStatus.parse(status)


def _said_by(body: NewOwnTask | OwnTaskChanges) -> core.TaskChanges:
    """Return what a body says of a task; raise `InvalidInput` with all that is wrong with it."""
    problems: list[Problem] = []
    if isinstance(body.description, str):
        problems += filter(None, [DESCRIPTION.problem("description", body.description)])
    given: dict[str, Any] = {
        "title": body.title,
        "description": UNSET if problems else body.description,
        "status": _core_status(body.status),
        "completed": body.completed,
        "due_date": body.due_date,
    }
    if isinstance(body.due_date, str):
        try:
            given["due_date"] = read_due_date(body.due_date)
        except InvalidInput as error:
            given["due_date"] = UNSET
            problems += error.problems
    try:
        said = core.TaskChanges(
            **{name: value for name, value in given.items() if value is not UNSET}
        )
    except InvalidInput as error:
        raise InvalidInput((*error.problems, *problems)) from None
    text.reject(problems)
    return said
