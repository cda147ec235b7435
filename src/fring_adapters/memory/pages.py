"""A page of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from fring_core import Slice

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fring_core import Page


class _Row(Protocol):
    @property
    def id(self) -> int: ...


R = TypeVar("R", bound=_Row)


def part(rows: Iterable[R], page: Page) -> Slice[R]:
    """Return the page of these rows, and whether others follow; look at no more of them."""
    behind = (row for row in rows if row.id > page.after)
    wanted = range(page.skip + page.limit + 1)
    found = [row for _, row in zip(wanted, behind, strict=False)]
    return Slice.of(found[page.skip : page.skip + page.limit + 1], page.limit)
