"""Read path segments and query parameters strictly, or say what is wrong with them.

Frameworks are lenient where this contract is not (`1_000` for 1000), so texts are read here, by a
few patterns.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from fring_core import InvalidStatus, TaskStatus
from fring_core.ids import MAX_ID
from fring_http.api.reading.query_strings import pairs_of
from fring_http.api.reading.wording import alternatives
from fring_http.api.refusals.errors import Fault, Rejected

if TYPE_CHECKING:
    from litestar import Request

_INTEGER: Final = re.compile(r"-?[0-9]+", re.ASCII)
_MOST_DIGITS: Final = 4000  # Python refuses to convert more than 4,300
_BOOLEANS: Final = {"true": True, "1": True, "false": False, "0": False}


def no_integer(where: str, name: str) -> Fault:
    """Return what is wrong with a path segment or a parameter that is no integer."""
    return Fault([where, name], "must be an integer", "type_error")


def read_id(name: str, text: str) -> int:
    """Return the id in a path segment; raise `Rejected` (422) if it is not an integer.

    Integers of any length are taken: those that no row can have lead to 'not found' later.
    """
    if not _INTEGER.fullmatch(text):
        raise Rejected(no_integer("path", name))
    return int(text) if len(text) <= _MOST_DIGITS else MAX_ID + 1


class Query:
    """Read the query parameters of a request; the last of a repeated one counts.

    Raise `Rejected` (422) for a query that is not percent-encoded UTF-8.
    """

    def __init__(self, request: Request[Any, Any, Any]) -> None:
        try:
            self._values = dict(pairs_of(request.scope["query_string"]))
        except UnicodeDecodeError:
            raise Rejected(Fault(["query"], "must be UTF-8", "value_error")) from None

    def given(self, *names: str) -> dict[str, str]:
        """Return those of these parameters that are there, as they are."""
        return {name: self._values[name] for name in names if name in self._values}

    def text(self, name: str) -> str | None:
        """Return a parameter as it is, or None if it is absent."""
        return self._values.get(name)

    def integer(self, name: str, default: int) -> int:
        """Return a parameter as an integer; raise `Rejected` (422) if it is none."""
        text = self._values.get(name)
        if text is None:
            return default
        if not _INTEGER.fullmatch(text) or len(text) > _MOST_DIGITS:
            raise Rejected(no_integer("query", name))
        return int(text)

    def boolean(self, name: str) -> bool | None:
        """Return true, false, 1 or 0 (in any case) as a bool, None if absent or empty."""
        text = self._values.get(name)
        if not text:
            return None
        if text.lower() not in _BOOLEANS:
            raise Rejected(Fault(["query", name], "must be true, false, 1 or 0", "type_error"))
        return _BOOLEANS[text.lower()]

    def status(self, name: str, *others: str) -> TaskStatus | None:
        """Return a parameter as a status, None if absent or empty; raise `Rejected` (422).

        `others` are words that the parameter takes as well.
        """
        return self.required_status(name, *others) if self._values.get(name) else None

    def required_status(self, name: str, *others: str) -> TaskStatus:
        """Return a parameter as a status; raise `Rejected` (422) if it is absent or names none."""
        text = self._values.get(name)
        if text is None:
            raise Rejected(Fault(["query", name], "Field required", "missing"))
        try:
            return TaskStatus.parse(text)
        except InvalidStatus:
            words = alternatives([*others, *TaskStatus])
            raise Rejected(Fault(["query", name], f"must be {words}", "value_error")) from None
