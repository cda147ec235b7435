"""How much of what proves the kit is run: a part in `make test`, all of it in `make kit`."""

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
WHOLE = bool(os.environ.get("FRING_WHOLE_KIT"))


def some(things: Sequence[T], of: int) -> Sequence[T]:
    """Return one of so many, the same each time; all of them for the whole kit."""
    return things if WHOLE else things[::of]
