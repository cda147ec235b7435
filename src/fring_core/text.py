"""What a text may be. Every store and every edge relies on these rules alone.

Texts are kept as they were sent, never trimmed; lengths count code points. NUL and lone
surrogates are refused everywhere, because PostgreSQL and UTF-8 cannot hold them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs

from fring_core.errors import InvalidInput, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable


_SURROGATE = re.compile("[\ud800-\udfff]")


@attrs.frozen
class TextRule:
    """Say which texts a field takes.

    `least` and `most` are lengths in code points (None: no limit), `blank` whether white space
    alone will do, `shape` a pattern that the whole text must match and `described` its name.
    """

    most: int | None
    blank: bool = False
    shape: re.Pattern[str] | None = None
    described: str = ""
    least: int = 0

    def problem(self, field: str, text: object) -> Problem | None:  # noqa: PLR0911  # a list of rules
        """Return what is wrong with a field's value, or None."""
        if not isinstance(text, str):
            return Problem(field, "must be a text", "type_error")
        if self.most is not None and len(text) > self.most:
            return Problem(field, f"must have at most {self.most} characters")
        if len(text) < self.least:
            noun = "character" if self.least == 1 else "characters"
            return Problem(field, f"must have at least {self.least} {noun}")
        if not self.blank and not text.strip():
            return Problem(field, "must not be blank")
        if "\0" in text:
            return Problem(field, "must not contain NUL")
        if not text.isascii() and _SURROGATE.search(text):
            return Problem(field, "must not contain a lone surrogate")
        if self.shape is not None and not self.shape.fullmatch(text):
            return Problem(field, f"must be {self.described}")
        return None


USERNAME = TextRule(most=255)
EMAIL = TextRule(
    most=255,
    shape=re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    described="an e-mail address such as ann@example.com",
)
TITLE = TextRule(most=200)
DESCRIPTION = TextRule(most=10_000, blank=True)
OWNER = TextRule(most=255, least=1, blank=True)
FILTER = TextRule(most=None, blank=True)


def reject(problems: Iterable[Problem | None]) -> None:
    """Raise `InvalidInput` with the problems that are not None, if there are any."""
    found = tuple(problem for problem in problems if problem is not None)
    if found:
        raise InvalidInput(found)
