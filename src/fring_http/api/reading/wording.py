"""Say what a value must be, by its type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import inspect

if TYPE_CHECKING:
    from collections.abc import Iterable

DATE: Final = "a date such as 2025-02-03"
_KINDS: Final = {
    inspect.StrType: "a text",
    inspect.IntType: "an integer",
    inspect.BoolType: "true or false",
    inspect.DateType: DATE,
    inspect.DateTimeType: "a time such as 2025-02-03T10:00:00Z",
}


def must_be(kind: Any) -> str:
    """Return what a value of this type must be."""
    return f"must be {_described(inspect.type_info(kind))}"


def alternatives(words: Iterable[str]) -> str:
    """Return words as a sentence has them: a, b or c."""
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def _described(kind: inspect.Type) -> str:
    if isinstance(kind, inspect.Metadata):
        is_date = (kind.extra_json_schema or {}).get("format") == "date"
        return DATE if is_date else _described(kind.type)
    if isinstance(kind, inspect.UnionType):
        given = [_described(each) for each in kind.types if not isinstance(each, inspect.NoneType)]
        return ", or ".join([*given, *(["null"] if kind.includes_none else [])])
    if isinstance(kind, inspect.EnumType):
        return alternatives(each.value for each in kind.cls)
    return _KINDS.get(type(kind), "of another type")
