"""Values as the Python that makes them: to be read in a failure, or pasted into a test."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any, cast

import attrs

from fring_core import UNSET


def code(value: object, longest: int | None = None) -> str:
    """Return a value as Python, without the fields that have their defaults.

    Texts of more than `longest` characters are cut, and then it is Python no more.
    """
    if value is UNSET:
        return "UNSET"
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if type(value) is str and longest and len(value) > longest:
        return f"{value[:longest]!r}… ({len(value)} characters)"
    if isinstance(value, date):  # a datetime is one as well
        return repr(value).replace("datetime.", "").replace("timezone.utc", "UTC")
    if isinstance(value, list):
        return f"[{', '.join(code(item, longest) for item in cast('list[object]', value))}]"
    if type(value) is tuple:
        items = [code(item, longest) for item in cast("tuple[object, ...]", value)]
        return f"({', '.join(items)}{',' * (len(items) == 1)})"
    if isinstance(value, Mapping):
        pairs = cast("Mapping[object, object]", value).items()
        return f"{{{', '.join(f'{key!r}: {code(item, longest)}' for key, item in pairs)}}}"
    kind = cast("type[Any]", type(value))
    if not attrs.has(kind):
        return repr(value)
    fields = [
        f"{field.alias}={code(given, longest)}"
        for field in attrs.fields(kind)
        if field.repr and (given := getattr(value, field.name)) != field.default
    ]
    return f"{kind.__name__}({', '.join(fields)})"
