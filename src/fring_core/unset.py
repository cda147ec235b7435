"""The mark for a field that a caller left alone, where None already means 'clear it'."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

if TYPE_CHECKING:
    import attrs


class Unset(Enum):
    """Hold the one value `UNSET`."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET
"""Say of a field that it stays as it is."""
UnsetType: TypeAlias = Literal[Unset.UNSET]


def given(command: attrs.AttrsInstance, besides: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the fields of a command that are not `UNSET`, by their names, without some."""
    return {
        name: value
        for field in command.__attrs_attrs__
        if (name := field.name) not in besides and (value := getattr(command, name)) is not UNSET
    }
