"""Moments, which are of UTC everywhere in Fring, and a clock that is set by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import attrs

# What every store can hold, in any time zone.
FIRST: Final = datetime(1, 1, 2, tzinfo=UTC)
LAST: Final = datetime(9999, 12, 30, tzinfo=UTC)

# Not by name where it is made: what moves the clock in tests replaces the names of modules.
_DATETIMES: Final = (datetime,)


def in_utc(moment: datetime) -> datetime:
    """Return a moment in UTC; raise `ValueError` if it is none, or does not know its zone."""
    if type(moment) in _DATETIMES and moment.tzinfo is UTC:
        return moment
    # A clock may return anything, whatever its type says.
    if not isinstance(moment, datetime):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ValueError(  # noqa: TRY004  # what is wrong is the value that a clock told
            f"Fring needs a time, a datetime in UTC, not {moment!r}"
        )
    if moment.utcoffset() is None:
        raise ValueError(
            f"Fring needs a time that knows its zone, not {moment!r};"
            " for UTC pass datetime(..., tzinfo=UTC), or as a clock lambda: datetime.now(UTC)"
        )
    try:
        there = moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{moment!r} is no time in UTC, which has the years 1 to 9999") from None
    return _DATETIMES[0](
        there.year,
        there.month,
        there.day,
        there.hour,
        there.minute,
        there.second,
        there.microsecond,
        UTC,
    )


@attrs.define(eq=False)
class FixedClock:
    """Tell a time that stands still, or goes on by `step` with each reading: a `Clock`.

    `now` is what the next reading returns, in UTC; it may be set. Raise `ValueError` for a time
    without a time zone. `step` may be negative.
    """

    now: datetime = attrs.field(converter=in_utc)
    step: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        """Return `now`, then go on by `step`."""
        moment = self.now
        self.advance(self.step)
        return moment

    def advance(self, duration: timedelta) -> None:
        """Go on by a duration, or back by a negative one."""
        self.now += duration
