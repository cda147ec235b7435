"""Reminders: which moments they may have, and when one is late."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from fring_core.clocks import FIRST, LAST, in_utc
from fring_core.errors import Problem
from fring_core.unset import UNSET

LATE: Final = timedelta(seconds=60)
"""How long after its time a reminder is not late yet."""


def moment_in_utc(moment: datetime | None) -> datetime | None:
    """Return a moment in UTC, and None for none; raise `ValueError` as `in_utc`."""
    return None if moment is None else in_utc(moment)


def plain_moment(moment: Any) -> Any:
    """Return a moment in UTC, and what is none, or knows no zone, as it is."""
    try:
        return in_utc(moment)
    except ValueError:
        return moment


def remind_at_problem(moment: object) -> Problem | None:
    """Return what is wrong with the time of a reminder, or None."""
    if not isinstance(moment, datetime):
        return None if moment is None or moment is UNSET else _no_time()
    if moment.utcoffset() is None:
        return _no_time()
    if not FIRST <= moment <= LAST:
        return Problem("remind_at", "must be of the years 1 to 9999, and a day from their ends")
    return None


def _no_time() -> Problem:
    return Problem(
        "remind_at",
        "must be a time that knows its zone, such as datetime(..., tzinfo=UTC)",
        "type_error",
    )
