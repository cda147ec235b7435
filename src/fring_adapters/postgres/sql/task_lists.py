"""The statements that list and count tasks: one for each set of filters and order.

Each reads an index in the order of the page. Where statuses are chosen from, each has a part of the
index, and the parts are merged.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs
from sqlalchemy import ColumnElement, bindparam, exists, literal_column, select, true, union_all

from fring_adapters.postgres.sql.asked import ID, TEXT, Asked
from fring_adapters.postgres.sql.entities import FRONT, counted, paged
from fring_adapters.postgres.sql.rows import TASKS
from fring_adapters.postgres.sql.searches import Search
from fring_adapters.postgres.sql.tables import tasks, user_tasks
from fring_adapters.postgres.sql.task_orders import VALUES, behind, ordered
from fring_core import TaskOrder, TaskStatus
from fring_core.status import COMPLETED_ONES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlalchemy import FromClause, Select

    from fring_adapters.postgres.wire.statement import Statement

# Given the name of a parameter, returns what is asked with.
Parameter: TypeAlias = "Callable[[str], ColumnElement[Any]]"
_NAMES: Final = [column.name for column in TASKS.columns]


@cache
def listing(
    *,
    shared: bool,
    status: bool = False,
    title: bool = False,
    assigned: bool | None = None,
    completed: bool | None = None,
    order: TaskOrder = TaskOrder.BY_ID,
    after: bool = False,
    front: bool = False,
    counts: bool = False,
) -> Statement:
    """Return the statement that lists or counts tasks, one for each set of filters and order.

    With `title` it serves one call.
    """
    asked = Asked.with_page(
        owner=None if shared else TEXT,
        status=TEXT if status else None,
        after=ID if after else None,
        after_value=VALUES.get(order) if after else None,
    )
    chosen = _Filters(
        *(shared, status, assigned, completed, order if after else None),
        *((bindparam, ()) if title else (asked.c.__getitem__, (asked.table,))),
    )
    by_status = chosen.by_status() and not chosen.by_assignments(order)
    by = partial(ordered, order=order, status=by_status)
    if title:
        search = Search(
            *(tasks, _NAMES, ["title"]),
            *(lambda first: chosen.rows(order, first).subquery("rows"), chosen.all, by),
        )
        return search.count() if counts else search.page(front=front)
    if counts:
        return counted(asked, select(tasks.c.id).where(*chosen.all(tasks)))
    return paged(asked, chosen.rows(order, FRONT if front else None), by, front=front)


@attrs.frozen
class _Filters:
    """Find the rows that some filters let pass; whom they ask for is in the tables `outside`.

    With `after`, only those after a place in this order.
    """

    shared: bool
    status: bool
    assigned: bool | None
    completed: bool | None
    after: TaskOrder | None
    parameter: Parameter
    outside: Sequence[FromClause]

    def all(self, source: FromClause) -> list[ColumnElement[Any]]:
        """Return the conditions that rows from somewhere pass."""
        return [*self._but_status(source), *self._status(source)]

    def rows(self, order: TaskOrder, first: int | None) -> Select[Any]:
        """Return what gives the rows, or at least the `first` so many of them in an order."""
        if self.by_assignments(order):
            return self._by_assignments()
        among = self._statuses()
        if among is None:
            return select(*TASKS.columns).where(*self.all(tasks))
        conditions = self._but_status(tasks)
        # Only parts in order can be merged, and only a few rows are got in order from an index.
        parts = (
            select(*TASKS.columns)
            .where(*conditions, tasks.c.status == _literal(one))
            .order_by(*ordered(tasks, order))
            .limit(None if first is None else literal_column(f"{first}"))
            .correlate(*self.outside)
            .subquery()
            for one in among
        )
        return select(union_all(*(select(part) for part in parts)).subquery("parts"))

    def _statuses(self) -> Iterable[TaskStatus] | None:
        """Return the statuses to merge, or None if one index has all in order."""
        if self.status:
            return None
        if self.completed is not None:
            return [one for one in TaskStatus if (one in COMPLETED_ONES) is self.completed]
        return None if self.shared else TaskStatus

    def by_assignments(self, order: TaskOrder) -> bool:
        """Tell whether rows are got from what is known of assignments, by id."""
        return self.assigned is not None and self.shared and order is TaskOrder.BY_ID

    def by_status(self) -> bool:
        """Tell whether rows are ordered by their one status first, as its index is.

        Not if a place is sought newest first, the other way round than statuses are ordered: there
        is one index in that order, and it finds the place in this very status alone.
        """
        return self.status and self.after is not TaskOrder.NEWEST_FIRST

    def _by_assignments(self) -> Select[Any]:
        """Find ids in indexes alone, and look at each task that is then listed."""
        if self.assigned:
            found = select(user_tasks.c.task_id.label("id")).distinct()
        else:
            found = select(tasks.c.id).where(tasks.c.owner.is_(None), ~_has_users(tasks))
        [number] = found.selected_columns
        if self.after is not None:
            found = found.where(number > self.parameter("after"))
        ids = found.order_by(number).correlate(*self.outside).subquery("ids")
        conditions = attrs.evolve(self, assigned=None, after=None).all(tasks)
        # The limit keeps it a look at each, in this order.
        task = (
            select(*TASKS.columns)
            .where(tasks.c.id == ids.c.id, *conditions)
            .limit(literal_column("1"))
            .correlate(ids, *self.outside)
            .lateral("task")
        )
        columns = (ids.c.id if name == "id" else task.c[name] for name in _NAMES)
        found_tasks = select(*columns).select_from(ids.join(task, true()))
        return select(found_tasks.correlate(*self.outside).subquery("found"))

    def _but_status(self, source: FromClause) -> list[ColumnElement[Any]]:
        # Not IS NOT DISTINCT FROM: PostgreSQL finds no index for that.
        owner = source.c.owner
        found = [owner.is_(None) if self.shared else owner == self.parameter("owner")]
        if self.assigned is not None:
            found.append(_has_users(source) if self.assigned else ~_has_users(source))
        if self.after is not None:
            found.append(behind(source, self.after, self.parameter, status=self.by_status()))
        return found

    def _status(self, source: FromClause) -> list[ColumnElement[Any]]:
        found: list[ColumnElement[Any]] = []
        if self.status:
            status = self.parameter("status")
            if self.by_status():
                # Not =: the planner would take an index of all statuses for the order, and filter.
                found += [source.c.status >= status, source.c.status <= status]
            else:
                found.append(source.c.status == status)
        if self.completed is not None:
            done = source.c.status.in_(_literal(one) for one in COMPLETED_ONES)
            found.append(done if self.completed else ~done)
        return found


def _has_users(task: FromClause) -> ColumnElement[bool]:
    return exists(select(user_tasks.c.task_id).where(user_tasks.c.task_id == task.c.id))


def _literal(status: TaskStatus) -> ColumnElement[str]:
    return literal_column(f"'{status}'")
