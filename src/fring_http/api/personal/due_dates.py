"""Due dates as clients send them: a date, or the timestamp that many make of one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import partial

import msgspec

from fring_core import InvalidInput, Problem
from fring_http.api.reading.wording import DATE

# With the types as they are now: a test that moves the clock replaces their names.
_to_date = partial(msgspec.convert, type=date)
_to_moment = partial(msgspec.convert, type=datetime)
_AS_A_DATE = f"must be {DATE}"


def read_due_date(text: str) -> date:
    """Return the date in a text: `2025-02-03`, or that day's midnight in UTC as RFC 3339 has it.

    Raise `InvalidInput` for anything else. Another time of day has no place in a due date.
    """
    try:
        day: date = _to_date(text)
    except msgspec.ValidationError:
        moment = _moment(text)
    else:
        return day
    if moment is None:
        raise InvalidInput((Problem("due_date", _AS_A_DATE),))
    if moment.time() != time():
        raise InvalidInput((Problem("due_date", f"{_AS_A_DATE}, or midnight in UTC"),))
    return moment.date()


def _moment(text: str) -> datetime | None:
    """Return an RFC 3339 timestamp in UTC, or None if the text is none."""
    try:
        moment: datetime = _to_moment(text)
        return None if moment.tzinfo is None else moment.astimezone(UTC)
    except (msgspec.ValidationError, OverflowError):
        return None
