"""The mark for a field that a caller left alone, where None already means 'clear it'."""

from __future__ import annotations

from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, cast

import attrs

if TYPE_CHECKING:
    from collections.abc import Hashable


class Unset(Enum):
    """Hold the one value `UNSET`."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET
"""Say of a field that it stays as it is."""
UnsetType: TypeAlias = Literal[Unset.UNSET]


@cache
def _names(command: Hashable) -> tuple[str, ...]:
    return tuple(field.name for field in attrs.fields(cast("type[Any]", command)))


def given(command: Any, besides: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the fields of a command that are not `UNSET`, by their names, without some."""
    values = {
        name: getattr(command, name) for name in _names(command.__class__) if name not in besides
    }
    return {name: value for name, value in values.items() if value is not UNSET}
