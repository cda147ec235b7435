"""Tasks: what they are, whose they are, and how they change."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import attrs

from fring_core import text
from fring_core.clocks import in_utc
from fring_core.errors import Problem, TaskNotFound
from fring_core.ids import chosen_id_problem, is_possible
from fring_core.reminders import moment_in_utc, plain_moment, remind_at_problem
from fring_core.status import FINAL, VIEWS, TaskStatus
from fring_core.unset import UNSET, UnsetType, given
from fring_core.values import plain, plain_fields, whole

if TYPE_CHECKING:
    from fring_core.status import Workflow


@attrs.frozen
class Task:
    """Hold one task as a store knows it.

    `owner` is None for the shared board, or names the personal list that the task is on for
    good. Times are in UTC; raise `ValueError` for one without a zone. `updated_at` never goes
    backwards. `version` counts saves, from 1; it serves compare-and-swap and takes no part in
    equality. Nor does `disarmed`, which says that nothing comes of `remind_at` any more.
    """

    id: int
    title: str
    description: str | None
    status: TaskStatus
    created_at: datetime = attrs.field(converter=in_utc)
    updated_at: datetime = attrs.field(converter=in_utc)
    owner: str | None = None
    due_date: date | None = None
    version: int = attrs.field(default=1, eq=False)
    remind_at: datetime | None = attrs.field(default=None, converter=moment_in_utc)
    disarmed: bool = attrs.field(default=False, eq=False, repr=False)

    @property
    def reminds_at(self) -> datetime | None:
        """Return when it is to be reminded of, None for never: a task in a final status is not."""
        return None if self.disarmed or self.status in FINAL else self.remind_at

    def change(self, changes: TaskChanges, workflow: Workflow, now: datetime) -> Task:
        """Return this task with the fields that `changes` sets, touched at `now`.

        Even changes that set nothing touch the task. Raise `TransitionRefused` if the workflow
        does not allow the change of status. Another `remind_at` arms; what a final status has
        disarmed stays so.
        """
        status = changes.status_after(self.status)
        workflow.check(self.status, status)
        fields = given(changes, besides=("completed",))
        updated_at = max(in_utc(now), self.updated_at)
        changed = attrs.evolve(self, **fields | {"status": status, "updated_at": updated_at})
        disarmed = changed.remind_at == self.remind_at and self._is_disarmed()
        return changed if disarmed is self.disarmed else attrs.evolve(changed, disarmed=disarmed)

    def reminded(self) -> Task:
        """Return this task one version on, when it was reminded of: once only."""
        return attrs.evolve(self, disarmed=True, version=self.version + 1)

    def _is_disarmed(self) -> bool:
        return self.remind_at is not None and (self.disarmed or self.status in FINAL)

    def toggle(self, workflow: Workflow, now: datetime) -> Task:
        """Return this task reopened if it is completed, and completed if it is not.

        Raise `TransitionRefused` as `change` does.
        """
        return self.change(TaskChanges(status=VIEWS[self.status].toggled), workflow, now)


def _parse(status: str) -> TaskStatus:
    return TaskStatus.parse(status)


def _parse_if_set(status: str | UnsetType) -> TaskStatus | UnsetType:
    return UNSET if status is UNSET else TaskStatus.parse(status)


@attrs.frozen(field_transformer=plain_fields)
class NewTask:
    """Say which task to create; raise `InvalidInput` or `InvalidStatus` for what cannot be.

    Title: 1-200 characters, not blank. Description: at most 10,000. `id`: 1 to 2³¹-1, or None
    to have the store draw one. `remind_at`: a time that knows its zone, of the years 1 to 9999 and
    a day from their ends.
    """

    title: str
    description: str | None = None
    status: TaskStatus = attrs.field(default=TaskStatus.TODO, converter=_parse)
    due_date: date | None = None
    id: int | None = None
    remind_at: datetime | None = attrs.field(default=None, converter=plain_moment)

    def __attrs_post_init__(self) -> None:
        text.reject(
            (
                chosen_id_problem(self.id),
                text.TITLE.problem("title", self.title),
                _description_problem(self.description),
                _due_date_problem(self.due_date),
                remind_at_problem(self.remind_at),
            )
        )

    def as_task(self, task_id: int, owner: str | None, now: datetime) -> Task:
        """Return the task that this becomes on a list, created and updated at `now`."""
        fields = given(self, besides=("id",))
        return Task(id=task_id, owner=owner, created_at=now, updated_at=now, **fields)


@attrs.frozen(field_transformer=plain_fields)
class TaskChanges:
    """Say what to change of a task: what is UNSET stays, None clears; raise as `NewTask`.

    `completed` is another way to say a status: True completes the task, False reopens it if it
    is completed and else leaves it alone. Raise `InvalidInput` if `status` says otherwise.
    """

    title: str | UnsetType = UNSET
    description: str | UnsetType | None = UNSET
    status: TaskStatus | UnsetType = attrs.field(default=UNSET, converter=_parse_if_set)
    due_date: date | UnsetType | None = UNSET
    completed: bool | UnsetType = UNSET
    remind_at: datetime | UnsetType | None = attrs.field(default=UNSET, converter=plain_moment)

    def __attrs_post_init__(self) -> None:
        text.reject(
            (
                None if self.title is UNSET else text.TITLE.problem("title", self.title),
                _description_problem(self.description),
                _due_date_problem(self.due_date),
                remind_at_problem(self.remind_at),
                self._contradiction(),
            )
        )

    def status_after(self, status: TaskStatus) -> TaskStatus:
        """Return the status that a task in this status is to have."""
        if self.status is not UNSET:
            return self.status
        if self.completed is UNSET:
            return status
        view = VIEWS[status]
        return view.when_completed if self.completed else view.when_reopened

    def _contradiction(self) -> Problem | None:
        if self.completed is UNSET:
            return None
        # A caller without a type checker may send anything.
        if self.completed is not True and self.completed is not False:
            return Problem("completed", "must be true or false", "type_error")
        if self.status is UNSET:
            return None
        if self.completed is (self.status is TaskStatus.COMPLETED):
            return None
        agreeing = "false" if self.completed else "true"
        return Problem(
            "completed", f"must be {agreeing} or absent, to agree with the status '{self.status}'"
        )


def _description_problem(description: object) -> Problem | None:
    if description is None or description is UNSET:
        return None
    return text.DESCRIPTION.problem("description", description)


def _due_date_problem(due_date: object) -> Problem | None:
    # A datetime is a date to Python, and would come back from some stores without its time.
    if due_date is None or due_date is UNSET:
        return None
    if isinstance(due_date, date) and not isinstance(due_date, datetime):
        return None
    return Problem("due_date", "must be a date, such as date(2025, 2, 3)", "type_error")


def existing(task_id: int) -> int:
    """Return an id that a task may have; raise `TaskNotFound` for any other number.

    Raise `InvalidInput` for what is no whole number.
    """
    task_id = whole("task_id", task_id)
    if not is_possible(task_id):
        raise TaskNotFound(task_id)
    return task_id


def check_owner(owner: str | None) -> str | None:
    """Return the owner of a list, None for the shared board; raise `InvalidInput`."""
    if owner is None:
        return None
    owner = plain(owner)
    text.reject((text.OWNER.problem("owner", owner),))
    return owner
