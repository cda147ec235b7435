"""Where a task stands in the orders of its list."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from fring_core import TaskOrder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fring_core import Place, Task

# The order, the owner, and what the tasks of one list are in order by, a whole number at the end.
Key: TypeAlias = tuple[Any, ...]

_END: Final = datetime.max.replace(tzinfo=UTC)
# By an id, and by the value that the order goes by.
_BY: Final[Mapping[TaskOrder, Callable[[int, Any], Key]]] = {
    TaskOrder.BY_ID: lambda number, _: (number,),
    TaskOrder.NEWEST_FIRST: lambda number, moment: (_END - moment, -number),
    TaskOrder.BY_TITLE: lambda number, title: (title, number),
}


def before_all(order: TaskOrder, owner: str | None) -> Key:
    """Return what the keys of all places of a list begin with, in this order."""
    return order.value, owner is not None, owner or ""


def behind(place: Place, order: TaskOrder, owner: str | None) -> Key:
    """Return the first key that may follow a place in the order of a list."""
    *key, last = _BY[order](place.id, place.value)
    return (*before_all(order, owner), *key, last + 1)


def place_of(task: Task, order: TaskOrder) -> Key:
    """Return the key of a task's place in an order of its list."""
    values = {TaskOrder.NEWEST_FIRST: task.created_at, TaskOrder.BY_TITLE: task.title}
    return (*before_all(order, task.owner), *_BY[order](task.id, values.get(order)))


def places_of(task: Task) -> set[Key]:
    """Return the keys of a task's places, one in each order."""
    return {place_of(task, order) for order in TaskOrder}
