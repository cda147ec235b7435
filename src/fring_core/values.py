"""Which Python values stand for a whole number, a text, a date or a choice.

Python has many kinds of each: an `IntEnum` is an int, a template engine's safe text is a str, and
tests that move the clock bring dates of their own. A store keeps plain ones. So values are made
plain on the way in, and what is none of its kind is refused, before any store sees it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from operator import index
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

from fring_core.errors import InvalidInput, Problem
from fring_core.unset import Unset

if TYPE_CHECKING:
    import attrs

V = TypeVar("V")

MOST_AT_ONCE: Final = 1000

# Not by name where it is made: what moves the clock in tests replaces the names of modules.
_DATES: Final = (date,)
_PLAIN: Final = frozenset({str, int, bool, date, datetime, type(None), Unset})


def plain(value: V) -> V:
    """Return a text, a whole number or a date as a plain one, and anything else as it is.

    A whole number is what Python takes for an index, such as an `IntEnum` or a numpy integer; True
    and 1.0 are none.
    """
    return value if type(value) in _PLAIN else _reduced(value)


def _reduced(value: Any) -> Any:
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return _DATES[0](value.year, value.month, value.day)
    try:
        return index(value)  # pyright: ignore[reportArgumentType]
    except TypeError:
        return value


def plain_fields(_: type, fields: list[attrs.Attribute[Any]]) -> list[attrs.Attribute[Any]]:
    """Have the fields of an attrs class made plain, but for those with a converter of their own."""
    return [
        field if field.converter else field.evolve(converter=plain)  # pyright: ignore[reportUnknownMemberType]
        for field in fields
    ]


def whole(field: str, number: int) -> int:
    """Return a whole number as a plain int; raise `InvalidInput` if it is none."""
    if type(number) is int:
        return number
    made = plain(number)
    if type(made) is not int:
        _refuse(field, "must be an integer")
    return made


def check_kind(field: str, value: object, kind: type[object]) -> None:
    """Raise `InvalidInput` if a value is not of a class."""
    if not isinstance(value, kind):
        members = ", ".join(map(str, getattr(kind, "__members__", ())))
        _refuse(field, f"must be a {kind.__name__}{members and f': one of {members}'}")


def many(field: str, values: Sequence[V]) -> list[V]:
    """Return a sequence as a list; raise `InvalidInput` if it is none, or has more than 1,000."""
    check_kind(field, values, Sequence)
    if len(values) > MOST_AT_ONCE:
        raise InvalidInput((Problem(field, f"must be at most {MOST_AT_ONCE:,} at once"),))
    return [*values]


def check_one(**values: object) -> None:
    """Raise `InvalidInput` unless exactly one of these values is not None."""
    if sum(value is not None for value in values.values()) != 1:
        first, *others = values
        raise InvalidInput(
            (Problem(first, f"must be given, or {' or '.join(others)}: one of them"),)
        )


def check_store(store: object) -> None:
    """Raise `InvalidInput` for a class, a text or None in a store's place.

    Not for what lacks a method: a stand-in in a test has what the test needs.
    """
    if isinstance(store, type):
        _refuse("store", f"must be a store, not its class: {store.__name__}(...) makes one")
    if store is None or isinstance(store, str):
        kind = type(store).__name__
        _refuse(
            "store", f"must be a store, such as MemoryStore() or PostgresStore(url), not {kind}"
        )


def check_callable(field: str, value: object) -> None:
    """Raise `InvalidInput` if a value is not to be called."""
    if not callable(value):
        _refuse(field, "must be a function")


def flag_problem(field: str, flag: object) -> Problem | None:
    """Return what is wrong with a field that is True, False or None, or None."""
    if flag is None or flag is True or flag is False:
        return None
    return Problem(field, "must be true or false", "type_error")


def _refuse(field: str, why: str) -> NoReturn:
    raise InvalidInput((Problem(field, why, "type_error"),))
