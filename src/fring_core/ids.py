"""What an id may be: 1 to 2⁶³-1, of which callers may choose up to 2³¹-1."""

from __future__ import annotations

from typing import Final

from fring_core.errors import Problem

MAX_ID: Final = 2**63 - 1
MAX_CHOSEN_ID: Final = 2**31 - 1


def is_possible(number: object) -> bool:
    """Tell whether a user or task could have this id; if not, it names nothing."""
    return type(number) is int and 0 < number <= MAX_ID


def chosen_id_problem(number: object) -> Problem | None:
    """Return what is wrong with an id that a caller chose, or None (as for no id at all)."""
    if number is None:
        return None
    if type(number) is not int:
        return Problem("id", "must be an integer", "type_error")
    if not 0 < number <= MAX_CHOSEN_ID:
        return Problem("id", f"must be between 1 and {MAX_CHOSEN_ID}")
    return None
