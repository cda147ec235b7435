"""Values as the Python that makes them: to be read in a failure, or pasted into a test."""

from __future__ import annotations

import re
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any, cast

import attrs

import fring_core
from fring_core import UNSET

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LONGEST = 60  # characters of a text, where it is only looked at
_NAMES = {
    "datetime": ("UTC", "date", "datetime"),
    "fring_core": fring_core.__all__,
    "fring_core.testing.histories.steps": ("Block", "Call"),
}


def code(value: object, longest: int | None = None) -> str:
    """Return a value as Python, without the fields that have their defaults.

    Texts of more than `longest` characters are cut, and then it is Python no more.
    """
    if isinstance(value, list | tuple):
        items = ", ".join(code(item, longest) for item in cast("Sequence[object]", value))
        if isinstance(value, list):
            return f"[{items}]"
        return f"({items},)" if len(cast("Sequence[object]", value)) == 1 else f"({items})"
    if isinstance(value, dict):
        pairs = cast("dict[object, object]", value).items()
        return f"{{{', '.join(f'{key!r}: {code(item, longest)}' for key, item in pairs)}}}"
    kind = cast("type[Any]", type(value))
    if not attrs.has(kind):
        return _leaf(value, longest)
    fields = [
        f"{field.alias}={code(given, longest)}"
        for field in attrs.fields(kind)
        if field.repr and (given := getattr(value, field.name)) != field.default
    ]
    return f"{kind.__name__}({', '.join(fields)})"


def _leaf(value: object, longest: int | None) -> str:
    match value:
        case Enum():
            return "UNSET" if value is UNSET else f"{type(value).__name__}.{value.name}"
        case str() if longest and len(value) > longest:
            return f"{value[:longest]!r}… ({len(value)} characters)"
        case date():  # a datetime is one as well
            return repr(value).replace("datetime.", "").replace("timezone.utc", "UTC")
        case _:
            return repr(value)


def imports(lines: Iterable[str]) -> list[str]:
    """Return the imports that lines of `code` need."""
    words = set(re.findall(r"\w+", " ".join(lines)))
    needed = {module: sorted(words.intersection(names)) for module, names in _NAMES.items()}
    return [f"from {module} import {', '.join(names)}" for module, names in needed.items() if names]
