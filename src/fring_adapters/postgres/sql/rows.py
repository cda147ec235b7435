"""Rows and entities: which column is which field, said once, by the entities themselves.

A field of an entity is the column of the same name. So a new field is one in the entity, and a
column in `tables`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import attrs

from fring_adapters.postgres.sql.tables import tasks, users
from fring_core import Task, TaskStatus, User

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Column, Table

    from fring_adapters.postgres.wire.statement import Row

E = TypeVar("E", User, Task)

# What no change of an entity stores: a column of these has its value for good, or another owner.
FIXED: Final = frozenset({"id", "owner", "created_at", "version"})


class Rows(Generic[E]):
    """Turn rows of a table into entities, and entities into parameters.

    `columns` are those of an entity, in its order; `changing` those that its changes store. `loads`
    and `dumps` turn the values of some fields, on their way from the database and to it.
    """

    def __init__(
        self,
        table: Table,
        entity: type[E],
        loads: Mapping[str, Callable[[Any], Any]] = {},
        dumps: Mapping[str, Callable[[Any], Any]] = {},
    ) -> None:
        names = [field.name for field in attrs.fields(entity)]
        self.table = table
        self.columns: tuple[Column[Any], ...] = tuple(table.c[name] for name in names)
        self.width = len(names)
        self.changing = tuple(name for name in names if name not in FIXED)
        self._entity: Callable[..., E] = entity
        self._names = tuple(names)
        self._loads = tuple((names.index(name), load) for name, load in loads.items())
        self._dumps = dict(dumps)

    def entity(self, row: Row) -> E:
        """Return the entity in a row of `columns`."""
        values = [*row]
        for place, load in self._loads:
            values[place] = load(values[place])
        return self._entity(*values)

    def parameters(self, entity: E) -> dict[str, object]:
        """Return an entity as the parameters of a statement."""
        values = {name: getattr(entity, name) for name in self._names}
        for name, dump in self._dumps.items():
            values[name] = dump(values[name])
        return values


_STATUSES: Final[Mapping[str, TaskStatus]] = {status.value: status for status in TaskStatus}

USERS: Final = Rows(users, User)
TASKS: Final = Rows(tasks, Task, {"status": _STATUSES.__getitem__}, {"status": str.__str__})
