"""Where a task stands in the orders of its list."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from fring_core import TaskOrder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fring_core import Task

# The order, the owner, and what the tasks of one list are in order by.
Place: TypeAlias = tuple[Any, ...]

_END: Final = datetime.max.replace(tzinfo=UTC)
BY: Final[Mapping[TaskOrder, Callable[[Task], Place]]] = {
    TaskOrder.BY_ID: lambda task: (task.id,),
    TaskOrder.NEWEST_FIRST: lambda task: (_END - task.created_at, -task.id),
    TaskOrder.BY_TITLE: lambda task: (task.title, task.id),
}


def before_all(order: TaskOrder, owner: str | None) -> Place:
    """Return what all places of a list begin with, in this order."""
    return order.value, owner is not None, owner or ""


def places_of(task: Task) -> set[Place]:
    """Return the places of a task, one in each order."""
    return {(*before_all(order, task.owner), *by(task)) for order, by in BY.items()}
