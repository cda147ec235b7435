"""Patterns: which types of events somebody is told of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fring_core.events import EventType

if TYPE_CHECKING:
    from collections.abc import Iterable

EVERY: Final = "*"
_SUBJECTS: Final = dict.fromkeys(f"{each.partition('.')[0]}.*" for each in EventType)
NARROW: Final[tuple[str, ...]] = (*_SUBJECTS, *(each.value for each in EventType))
"""All but the one for every type."""

PATTERNS: Final[tuple[str, ...]] = (EVERY, *NARROW)


def matches(patterns: Iterable[str], event: str) -> bool:
    """Tell whether one of these patterns is for events of a type."""
    return not {EVERY, event, f"{event.partition('.')[0]}.*"}.isdisjoint(patterns)
