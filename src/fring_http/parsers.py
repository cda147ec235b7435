"""Parsers for settings: each takes a text and returns a value, or raises `ValueError`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_TRUE: Final = ("true", "1", "yes", "on")
_FALSE: Final = ("false", "0", "no", "off")


def between(least: float, most: float) -> Callable[[str], float]:
    """Return a parser of numbers from `least` to `most`."""

    def parse(text: str) -> float:
        number = float(text)
        if not least <= number <= most:
            raise ValueError(f"must be between {least:g} and {most:g}")
        return number

    return parse


def whole(least: int, most: int) -> Callable[[str], int]:
    """Return a parser of whole numbers from `least` to `most`."""

    def parse(text: str) -> int:
        number = int(text)
        if not least <= number <= most:
            raise ValueError(f"must be between {least} and {most}")
        return number

    return parse


def boolean(text: str) -> bool:
    """Return whether a text says yes."""
    if text.lower() not in _TRUE + _FALSE:
        raise ValueError("must be true or false")
    return text.lower() in _TRUE


def one_of(names: tuple[str, ...]) -> Callable[[str], str]:
    """Return a parser of these names, in any case."""

    def parse(text: str) -> str:
        if text.lower() not in names:
            raise ValueError("must be one of " + ", ".join(names))
        return text.lower()

    return parse


def origins(text: str) -> tuple[str, ...]:
    """Return the origins in a JSON list, or in a list with commas."""
    found = json.loads(text) if text.lstrip().startswith("[") else text.split(",")
    origins = tuple(str(origin).strip().rstrip("/") for origin in found if str(origin).strip())
    if "*" in origins:
        raise ValueError("'*' cannot go with credentials; name the origins")
    if not all("://" in origin for origin in origins):
        raise ValueError("an origin looks like https://app.example")
    return origins


def address(text: str) -> str:
    """Return an http or https URL as it is."""
    if not text.startswith(("http://", "https://")):
        raise ValueError("must be an http or https URL")
    return text
