"""The life of a task, as a table.

A task is always in one of four states. Which moves between them are allowed is not written in
`if` statements but in a `Workflow`: a mapping from each status to those that may follow it.
Fring asks that table whenever a status changes, from whichever side the change comes, and a
project with rules of its own passes a table of its own.

Two tables ship here. `PERMISSIVE`, the default, allows every move: Fring then records what
people say and does not argue. `STRICT` wants work to be started before it is completed, and
lets finished work come back only through `todo`:

    todo ──▶ in_progress ──▶ completed
     ▲ │        │  │             │
     │ │        │  ▼             │
     │ └────────┼▶ canceled      │
     └──────────┴──┴─────────────┘

Some callers do not speak of statuses: to them a task is completed or pending, and is toggled. What
they see and say is a view, another table (`VIEWS`):

    status        completed   to complete it   to reopen it   to toggle it
    todo          no          completed        (stays)        completed
    in_progress   no          completed        (stays)        completed
    completed     yes         (stays)          todo           todo
    canceled      no          completed        (stays)        completed

Staying where one is is no move, so saying a task's present status again is never refused. The
table governs moves only: a task may be created in any status.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import attrs

from fring_core.errors import InvalidInput, InvalidStatus, Problem, TransitionRefused

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class TaskStatus(StrEnum):
    """Name the four states of a task."""

    TODO = "todo"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELED = "canceled"

    @classmethod
    def parse(cls, text: str) -> TaskStatus:
        """Return the status that a text names, exactly; raise `InvalidStatus` if it names none."""
        if type(text) is cls:
            return text
        try:
            return cls(text)
        except ValueError:
            raise InvalidStatus(text) from None


InvalidStatus.valid = tuple(TaskStatus)


def _freeze(
    moves: Mapping[TaskStatus, Collection[TaskStatus]],
) -> Mapping[TaskStatus, frozenset[TaskStatus]]:
    try:
        named = {
            TaskStatus.parse(before): frozenset(map(TaskStatus.parse, _checked(after)))
            for before, after in moves.items()
        }
    except (AttributeError, TypeError):
        raise InvalidInput(
            (Problem("moves", "must be a mapping of statuses to collections of statuses"),)
        ) from None
    return MappingProxyType({status: named.get(status, frozenset()) for status in TaskStatus})


def _checked(after: Collection[TaskStatus]) -> Collection[TaskStatus]:
    if isinstance(after, str):  # a status is one, too, and would be read letter by letter
        raise TypeError
    return after


@attrs.frozen
class Workflow:
    """Hold the allowed moves: for each status, those that may follow it (absent: none).

    Statuses may be given by their texts. Raise `InvalidStatus` for what names no status, and
    `InvalidInput` for what is no table of moves.
    """

    moves: Mapping[TaskStatus, frozenset[TaskStatus]] = attrs.field(converter=_freeze)

    def __hash__(self) -> int:
        return hash(frozenset(self.moves.items()))

    def allows(self, before: TaskStatus, after: TaskStatus) -> bool:
        """Tell whether a task may go from one status to another; staying is always allowed.

        Raise `InvalidStatus` for what names no status.
        """
        before, after = TaskStatus.parse(before), TaskStatus.parse(after)
        return before is after or after in self.moves[before]

    def check(self, before: TaskStatus, after: TaskStatus) -> None:
        """Raise `TransitionRefused` if a task may not go from one status to another."""
        if not self.allows(before, after):
            raise TransitionRefused(before, after)


TODO, IN_PROGRESS, COMPLETED, CANCELED = TaskStatus

PERMISSIVE = Workflow({status: frozenset(TaskStatus) for status in TaskStatus})
"""Allow every move: the default."""

STRICT = Workflow(
    {
        TODO: {IN_PROGRESS, CANCELED},
        IN_PROGRESS: {TODO, COMPLETED, CANCELED},
        COMPLETED: {TODO},
        CANCELED: {TODO},
    }
)
"""Allow completing what was begun; what is finished comes back through `todo` only."""


@attrs.frozen
class View:
    """Say of a status what it is to those who know `completed` and `pending` alone.

    `completed` or not, and the statuses of a task that is completed, reopened or toggled from it.
    """

    completed: bool
    when_completed: TaskStatus
    when_reopened: TaskStatus

    @property
    def toggled(self) -> TaskStatus:
        """Return the status of a task that is toggled."""
        return self.when_reopened if self.completed else self.when_completed


VIEWS: Final[Mapping[TaskStatus, View]] = MappingProxyType(
    {
        TODO: View(completed=False, when_completed=COMPLETED, when_reopened=TODO),
        IN_PROGRESS: View(completed=False, when_completed=COMPLETED, when_reopened=IN_PROGRESS),
        COMPLETED: View(completed=True, when_completed=COMPLETED, when_reopened=TODO),
        CANCELED: View(completed=False, when_completed=COMPLETED, when_reopened=CANCELED),
    }
)
"""Say what each status is to those who know `completed` and `pending` alone."""

FINAL: Final = frozenset({TaskStatus.COMPLETED, TaskStatus.CANCELED})
COMPLETED_ONES: Final = frozenset(status for status in TaskStatus if VIEWS[status].completed)
"""Name the statuses that count as completed; all others are pending."""
