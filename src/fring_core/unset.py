"""The mark for a field that a caller left alone, where None already means 'clear it'."""

from __future__ import annotations

from enum import Enum
from typing import Final, Literal, TypeAlias


class Unset(Enum):
    """Hold the one value `UNSET`."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET
"""Say of a field that it stays as it is."""
UnsetType: TypeAlias = Literal[Unset.UNSET]
