"""Which id a new row gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fring_core import IdTaken, StoreUnavailable
from fring_core.ids import MAX_ID, is_possible

if TYPE_CHECKING:
    from collections.abc import Container, Iterator


def id_for(chosen: int | None, source: Iterator[int], taken: Container[int]) -> int:
    """Return the chosen id, or the next one of the source that is not taken.

    Raise `IdTaken`, `StoreUnavailable` if the source has no more, or `ValueError` if it gives
    what cannot be an id.
    """
    if chosen is not None:
        if chosen in taken:
            raise IdTaken(chosen)
        return chosen
    for number in source:
        if not is_possible(number):
            raise ValueError(f"No id can be {number!r}: ids are integers from 1 to {MAX_ID}")
        if number not in taken:
            return number
    raise StoreUnavailable("The source of ids has no more")
