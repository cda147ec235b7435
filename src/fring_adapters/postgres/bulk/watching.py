"""Telling somebody how far it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

# What is being done, how much of it is done, and how much there is, if that is known.
Watch: TypeAlias = Callable[[str, int, int | None], None]
EVERY: Final = 5000


def unwatched(what: str, done: int, total: int | None) -> None:
    """Tell nobody."""
