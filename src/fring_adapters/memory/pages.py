"""A page of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from fring_core import Slice

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fring_core import Page


R = TypeVar("R")


def part(rows: Iterable[R], page: Page | None) -> Slice[R]:
    """Return the page of these rows, which begin where it does, and whether others follow; look at no more of them."""
    if page is None:
        return Slice(rows)
    wanted = range(page.skip + page.limit + 1)
    found = [row for _, row in zip(wanted, rows, strict=False)]
    return Slice.of(found[page.skip : page.skip + page.limit + 1], page.limit)
