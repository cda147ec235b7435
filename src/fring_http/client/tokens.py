"""What proves who calls: a token, or a function that returns one."""

from __future__ import annotations

import re
from collections.abc import Callable
from inspect import iscoroutine, iscoroutinefunction
from typing import Final, TypeAlias

Token: TypeAlias = str | Callable[[], str] | None

_TOKEN: Final = re.compile(r"[\x21-\x7e]+")
_KINDS: Final = "a token is a text, or a function that returns one"


def check(token: object) -> None:
    """Raise `ValueError` for what is no token, and no function that can return one at once."""
    if isinstance(token, str):
        _header(token)
    elif iscoroutinefunction(token):
        raise ValueError(f"{_KINDS}, and not an `async def`: await the token beforehand")
    elif token is not None and not callable(token):
        raise ValueError(f"{_KINDS}, not {type(token).__name__}")


def bearing(token: Token) -> dict[str, str]:
    """Return the headers that carry a token; raise `ValueError` for one that cannot be."""
    if token is None:
        return {}
    text = token if isinstance(token, str) else token()
    if not isinstance(text, str):
        if iscoroutine(text):
            text.close()  # or Python complains that nobody has awaited it
        raise ValueError(f"{_KINDS}, and this one returned {type(text).__name__}")  # noqa: TRY004  # every fault of a token is one kind of error
    return {"Authorization": _header(text)}


def _header(text: str) -> str:
    if not _TOKEN.fullmatch(text):
        raise ValueError("A token consists of visible ASCII characters, without spaces")
    return f"Bearer {text}"
