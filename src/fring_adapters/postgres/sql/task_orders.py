"""The orders of tasks, and places in them, as an index has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import tuple_

from fring_adapters.postgres.sql.asked import MOMENT, TEXT
from fring_core import TaskOrder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import ColumnElement, FromClause
    from sqlalchemy.types import TypeEngine

# By the columns of each order, the parameters that name a place in it; and what goes before the id.
_PLACES: Final[Mapping[TaskOrder, Mapping[str, str]]] = {
    TaskOrder.BY_ID: {"id": "after"},
    TaskOrder.NEWEST_FIRST: {"created_at": "after_value", "id": "after"},
    TaskOrder.BY_TITLE: {"title": "after_value", "id": "after"},
}
VALUES: Final[Mapping[TaskOrder, TypeEngine[Any]]] = {
    TaskOrder.NEWEST_FIRST: MOMENT,
    TaskOrder.BY_TITLE: TEXT,
}


def ordered(
    source: FromClause, order: TaskOrder, *, status: bool = False
) -> list[ColumnElement[Any]]:
    """Return what rows are ordered by; with one `status`, it is the order of its index."""
    columns = source.c
    by: dict[TaskOrder, list[ColumnElement[Any]]] = {
        TaskOrder.BY_ID: [columns.id],
        TaskOrder.NEWEST_FIRST: [columns.created_at.desc(), columns.id.desc()],
        TaskOrder.BY_TITLE: [columns.title, columns.id],
    }
    return [columns.status, *by[order]] if status else by[order]


def behind(
    source: FromClause,
    order: TaskOrder,
    parameter: Callable[[str], ColumnElement[Any]],
    *,
    status: bool,
) -> ColumnElement[bool]:
    """Return the condition that rows stand behind a place.

    With `status`, of one status: or an index would be read from the first row of that on.
    """
    names = {**({"status": "status"} if status else {}), **_PLACES[order]}
    row = tuple_(*(source.c[column] for column in names))
    place = tuple_(*(parameter(name) for name in names.values()))
    return row < place if order is TaskOrder.NEWEST_FIRST else row > place
