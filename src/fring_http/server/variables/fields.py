"""Fields of settings, each with the variable that sets it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable

VARIABLE: Final = "variable"  # in a field's metadata: its name, and its parser


def set_by(
    variable: str, parse: Callable[[str], object] = str, *, default: object, shown: bool = True
) -> Any:
    """Return a field that a variable of the environment sets; `shown` in what Python prints."""
    return attrs.field(default=default, repr=shown, metadata={VARIABLE: (variable, parse)})
