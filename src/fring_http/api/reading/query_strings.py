"""Query strings, taken apart: short ones once, since the same come again and again."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, TypeAlias
from urllib.parse import parse_qsl

Pairs: TypeAlias = tuple[tuple[str, str], ...]

_SHORT: Final = 256  # bytes; a thousand of them are remembered


def pairs_of(query: bytes, errors: str = "strict") -> Pairs:
    """Return the names and values in a query string, as they come.

    Raise `UnicodeDecodeError` if it is not percent-encoded UTF-8, unless `errors` is "replace".
    """
    return _remembered(query, errors) if len(query) <= _SHORT else _taken_apart(query, errors)


def _taken_apart(query: bytes, errors: str) -> Pairs:
    text = query.decode("utf-8", errors)
    return tuple(parse_qsl(text, keep_blank_values=True, errors=errors))


_remembered: Final = lru_cache(maxsize=1000)(_taken_apart)
