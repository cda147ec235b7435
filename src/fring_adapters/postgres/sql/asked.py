"""Statements that serve several calls: each asks with a row of its own, and gets its own rows.

What they ask with is a table, of which `n` numbers the calls. One call is a table of one row, so
there is one statement for one, for those that happen to come together, and for thousands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    String,
    and_,
    bindparam,
    column,
    func,
    over,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from fring_adapters.postgres.sql.statements import compiled
from fring_adapters.postgres.wire.arrays import BigInts, Bools, Dates, Moments, Texts
from fring_adapters.postgres.wire.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Column, ColumnElement
    from sqlalchemy.sql.base import Executable
    from sqlalchemy.types import TypeEngine

    from fring_adapters.postgres.wire.arrays import Array

ID: Final = BigInteger()
TEXT: Final = String()
MOMENT: Final = DateTime(timezone=True)

_ARRAYS: Final[Mapping[type[TypeEngine[Any]], type[Array]]] = {
    BigInteger: BigInts,
    Boolean: Bools,
    String: Texts,
    DateTime: Moments,
    Date: Dates,
}


class Asked:
    """Hold what calls ask with: `table` has a column for each parameter, and `n`.

    A statement about it has to return `n` last, for whom each row is. If it locks rows, it does so
    in the order of the first parameter: so two of them do not wait for each other.
    """

    def __init__(self, **parameters: TypeEngine[Any]) -> None:
        self._arrays = {name: _ARRAYS[type(kind)] for name, kind in parameters.items()}
        self.table = (
            func.unnest(*(self._given(name, kind) for name, kind in parameters.items()))
            .table_valued(
                *(column(name, kind) for name, kind in parameters.items()),
                with_ordinality="n",
            )
            .render_derived(name="asked")
        )
        self.c = self.table.c

    @staticmethod
    def _given(name: str, kind: TypeEngine[Any]) -> ColumnElement[Any]:
        # Hidden from the planner, which would plan every call anew: for arrays that it sees are
        # short it expects to save more than planning takes.
        return select(bindparam(name, type_=ARRAY(kind))).scalar_subquery()

    @classmethod
    def like(cls, columns: Iterable[Column[Any]], **more: TypeEngine[Any]) -> Asked:
        """Return what asks with values for these columns, and with more parameters."""
        return cls(**{each.name: plain_type(each.type) for each in columns}, **more)

    @classmethod
    def with_page(cls, **parameters: TypeEngine[Any] | None) -> Asked:
        """Return what asks with these parameters, but for those of no type, and with a page."""
        given = {name: kind for name, kind in parameters.items() if kind is not None}
        return cls(**given, skip=ID, limit=ID)

    def values(self, columns: Iterable[Column[Any]]) -> dict[str, ColumnElement[Any]]:
        """Return the values that are asked with for these columns, by their names."""
        return {each.name: self.c[each.name] for each in columns}

    def is_it(self, *key: Column[Any]) -> ColumnElement[bool]:
        """Return the condition that a row is the one that is asked for, by its key."""
        return and_(
            *(
                column.is_not_distinct_from(self.c[column.name])
                if column.nullable
                else column == self.c[column.name]
                for column in key
            )
        )

    def first(self, *parameters: str) -> ColumnElement[bool]:
        """Return the condition that no call with a lower number asks for the same."""
        same = over(func.min(self.c.n), partition_by=[self.c[name] for name in parameters])
        return self.c.n == same

    def reading(self, clause: Executable) -> Statement:
        """Compile a statement that changes nothing."""
        return Statement(compiled(clause), reads=True, arrays=self._arrays)

    def writing(self, clause: Executable) -> Statement:
        """Compile a statement that changes rows."""
        return Statement(compiled(clause), reads=False, arrays=self._arrays)


class AskedAnew(Asked):
    """Hold what calls ask with, where each is planned by itself: one plan for all would read more."""

    @staticmethod
    def _given(name: str, kind: TypeEngine[Any]) -> ColumnElement[Any]:
        return bindparam(name, type_=ARRAY(kind))


def plain_type(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """Return a column's type without its collation."""
    return TEXT if isinstance(kind, String) else kind
