"""The orders of lists, and places in them."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

import attrs

from fring_core import text
from fring_core.clocks import in_utc
from fring_core.errors import InvalidInput, Problem
from fring_core.ids import MAX_ID
from fring_core.values import plain, plain_fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fring_core.tasks import Task
    from fring_core.users import User


class TaskOrder(Enum):
    """Name the orders that tasks are listed in; each is total, so pages never overlap.

    BY_ID ascends. NEWEST_FIRST descends by `created_at`, then id. BY_TITLE ascends by the code
    points of the title, then by id.
    """

    BY_ID = "id"
    NEWEST_FIRST = "created"
    BY_TITLE = "title"

    @classmethod
    def parse(cls, order: TaskOrder | str) -> TaskOrder:
        """Return an order, which may be given by its value; raise `InvalidInput` if it is none."""
        try:
            return cls(order)
        except ValueError:
            raise InvalidInput(
                (Problem("order", f"must be one of {', '.join(each.value for each in cls)}"),)
            ) from None


# What a list is sorted by before the id, and of which type that is.
_FIELDS: Final[Mapping[TaskOrder, str]] = {
    TaskOrder.NEWEST_FIRST: "created_at",
    TaskOrder.BY_TITLE: "title",
}
_TYPES: Final[Mapping[TaskOrder, type[object]]] = {
    TaskOrder.BY_ID: type(None),
    TaskOrder.NEWEST_FIRST: datetime,
    TaskOrder.BY_TITLE: str,
}
_WANTS: Final = "must be a place with"


def _value(value: Any) -> Any:
    """Return a moment in UTC, and a plain text; what is neither is refused later."""
    if not isinstance(value, datetime):
        return plain(value)
    try:
        return in_utc(value)
    except ValueError:
        raise InvalidInput((Problem("after", f"{_WANTS} a moment that knows its zone"),)) from None


@attrs.frozen(field_transformer=plain_fields)
class Place:
    """Name a place in the order of a list, whether or not an entity stands there.

    `id` is that of the entity (0 to 2⁶³-1). `value` is what the list is sorted by before it: a
    task's `created_at` for NEWEST_FIRST, its title for BY_TITLE, None for BY_ID and for users.
    Raise `InvalidInput` for another id, for a moment without a time zone, and for a text with NUL
    or a lone surrogate.
    """

    id: int
    value: datetime | str | None = attrs.field(default=None, converter=_value)

    def __attrs_post_init__(self) -> None:
        text.reject((_id_problem(self.id), _value_problem(self.value)))

    @classmethod
    def of(cls, entity: User | Task, order: TaskOrder = TaskOrder.BY_ID) -> Place:
        """Return the place where a user or a task stands in an order."""
        field = _FIELDS.get(order)
        return cls(entity.id, None if field is None else getattr(entity, field))

    def check_order(self, order: TaskOrder) -> None:
        """Raise `InvalidInput` if this is a place in another order."""
        if type(self.value) is not _TYPES[order]:
            why = f"is no place in this order: Place.of(task, {order}) is"
            raise InvalidInput((Problem("after", why),))


def _id_problem(number: object) -> Problem | None:
    if type(number) is not int:
        return Problem("after", f"{_WANTS} an integer as its id", "type_error")
    if not 0 <= number <= MAX_ID:
        return Problem("after", f"{_WANTS} an id between 0 and {MAX_ID}")
    return None


def _value_problem(value: Any) -> Problem | None:
    if value is None or isinstance(value, datetime):
        return None
    if isinstance(value, str):
        return text.FILTER.problem("after", value)
    return Problem("after", f"{_WANTS} a moment, a text or nothing", "type_error")
