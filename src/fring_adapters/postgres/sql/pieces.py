"""Texts found by their pieces: what an index keeps of a text, and what it is asked for.

A text has a piece of five characters at each of its places, and shorter ones at its end. A text
that contains another has all of that one's pieces; whether it contains it, `strpos` tells. Only
functions are used that every PostgreSQL has, and an index may call.
"""

from __future__ import annotations

from typing import Final

LENGTH: Final = 5
# The pieces of a longer text would be too many: it is always looked at.
_LONGEST: Final = 1000
_LONG: Final = "longer"  # longer than any piece
_MOST: Final = 20  # pieces that a search names, side by side: more would only cost time


def pieces(column: str) -> str:
    """Return the SQL for the pieces of a column's texts, a `tsvector`."""
    # A cut is marked by chr(1), which therefore counts as chr(2) here and in `needle`.
    text = f"translate({column}, chr(1), chr(2))"
    cuts = " || chr(1) || ".join(
        rf"regexp_replace(substr({text}, {start}), '.{{{LENGTH}}}', '\&' || chr(1), 'g')"
        for start in range(1, LENGTH + 1)
    )
    return (
        f"CASE WHEN length({column}) > {_LONGEST} THEN array_to_tsvector(ARRAY['{_LONG}'])"
        f" ELSE array_to_tsvector(array_remove(string_to_array({cuts}, chr(1)), '')) END"
    )


def needle(text: str | None) -> str | None:
    """Return the `tsquery` for texts that may contain a text; None for no text."""
    if text is None:
        return None
    text = text.replace("\x01", "\x02")
    last = len(text) - LENGTH
    if last < 0:  # a piece begins with it, wherever it stands
        sought = f"{_quoted(text)}:*"
    else:
        starts = [*range(0, last, LENGTH)[: _MOST - 1], last]
        sought = " & ".join(_quoted(text[start : start + LENGTH]) for start in starts)
    return f"({sought}) | {_LONG}"


def _quoted(piece: str) -> str:
    return "'{}'".format(piece.replace("\\", "\\\\").replace("'", "''"))
