"""Searches for a text: quick if few rows contain it, and if many do, whatever the planner expects.

Each is one statement in three parts, of which those that are not needed are not begun:

1. The first thousand rows are looked at, in order. Texts that many rows contain fill a page there.
2. Otherwise the index of pieces tells which rows may contain it.
3. If these are over ten thousand, and few at the front, all rows are looked at in order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs
from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from fring_adapters.postgres.sql.entities import page_of
from fring_adapters.postgres.sql.pieces import pieces
from fring_adapters.postgres.sql.statements import reading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import FromClause, Select, Table

    from fring_adapters.postgres.sql.entities import Order
    from fring_adapters.postgres.wire.statement import Statement

AHEAD: Final = 1_000
FEW: Final = 10_000

# The conditions that rows from somewhere pass.
Conditions: TypeAlias = "Callable[[FromClause], Sequence[ColumnElement[bool]]]"


@attrs.frozen
class Search:
    """Say what is searched: the `columns` named of `table`, for texts in some of these.

    `rows` are those to look at, which pass all other filters, or at least the first so many of
    them; `passing` are these filters once more, for rows of the table, and `order` is the page's.
    """

    table: Table
    names: Sequence[str]
    texts: Sequence[str]
    rows: Callable[[int | None], FromClause]
    passing: Conditions
    order: Order

    def page(self, *, front: bool) -> Statement:
        """Return the statement that lists a page of what is found."""
        ahead = self._ahead()
        near = self._page(
            ahead.limit(literal_column(f"{AHEAD}")).subquery("ahead"), front=False
        ).cte("near")
        done = select(
            or_(
                select(func.count()).select_from(near).scalar_subquery() == bindparam("limit"),
                ~exists(ahead.offset(literal_column(f"{AHEAD}"))),
            ).label("done")
        ).cte("done")
        is_done = select(done.c.done).scalar_subquery()
        candidates = self._candidates(~is_done)
        few = _are_few(candidates)
        found = union_all(
            select(near).where(is_done),
            select(
                self._page(
                    candidates, ~is_done, few, *self.passing(candidates), front=False
                ).subquery()
            ),
            select(self._page(self.rows(None), ~is_done, ~few, front=front).subquery()),
        ).subquery("found")
        return reading(select(found).order_by(*self.order(found)))

    def count(self) -> Statement:
        """Return the statement that counts what is found."""
        candidates = self._candidates()
        by_index = self._count(candidates, *self.passing(candidates))
        return reading(
            select(case((_are_few(candidates), by_index), else_=self._count(self.rows(None))))
        )

    def _ahead(self) -> Select[Any]:
        rows = self.rows(AHEAD + 1)
        return select(rows).order_by(*self.order(rows))

    def _candidates(self, *when: ColumnElement[bool]) -> FromClause:
        by_pieces = (
            literal_column(f"({pieces(text)})").op("@@")(cast(bindparam(f"{text}_pieces"), TSQUERY))
            for text in self.texts
        )
        most: ColumnElement[int] = literal_column(f"{FEW + 1}")
        columns = (self.table.c[name] for name in self.names)
        return select(*columns).where(*by_pieces, *when).limit(most).cte("candidates")

    def _page(self, source: FromClause, *where: ColumnElement[bool], front: bool) -> Select[Any]:
        found = select(source).where(*where, self._contains(source))
        return page_of(found, self.order, bindparam("skip"), bindparam("limit"), front=front)

    def _count(self, source: FromClause, *where: ColumnElement[bool]) -> ColumnElement[int]:
        counting = select(func.count()).select_from(source)
        return counting.where(*where, self._contains(source)).scalar_subquery()

    def _contains(self, source: FromClause) -> ColumnElement[bool]:
        return and_(*(_has(source.c[text], bindparam(text)) for text in self.texts))


def _has(text: ColumnElement[str], sought: ColumnElement[str]) -> ColumnElement[bool]:
    return func.strpos(text, sought) > literal_column("0")


def _are_few(candidates: FromClause) -> ColumnElement[bool]:
    counted = select(func.count()).select_from(candidates).scalar_subquery()
    return counted <= literal_column(f"{FEW}")
