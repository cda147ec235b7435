"""Tables and sections of a page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@attrs.frozen
class Section:
    """Hold what is written about a measurement: text, and plots by the names of their files."""

    text: str
    plots: Mapping[str, str] = attrs.field(factory=dict)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def counted(number: int, name: str) -> str:
    """Return a number of things, in words."""
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def geometric_mean(values: Iterable[float]) -> float:
    """Return the mean of ratios."""
    logarithms = [math.log(value) for value in values]
    return math.exp(sum(logarithms) / len(logarithms))


def written(page: str, name: str, text: str) -> str:
    """Return a page with a text between the marks of that name; raise if it has none."""
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->\n"
    before, found, rest = page.partition(begin)
    _, found_end, after = rest.partition(end)
    if not found or not found_end:
        raise ValueError(f"the page has no marks for {name}")
    return f"{before}{begin}\n{text}\n\n{end}{after}"
