"""A clock that is set by hand, for tests and for runs that are to be repeatable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import attrs


def _in_utc(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError(
            f"FixedClock needs a time that knows its zone, not {moment!r};"
            " for UTC pass datetime(..., tzinfo=UTC)"
        )
    return moment.astimezone(UTC)


@attrs.define(eq=False)
class FixedClock:
    """Tell a time that stands still, or goes on by `step` with each reading: a `Clock`.

    `now` is what the next reading returns, in UTC; it may be set. Raise `ValueError` for a time
    without a time zone. `step` may be negative.
    """

    now: datetime = attrs.field(converter=_in_utc)
    step: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        """Return `now`, then go on by `step`."""
        moment = self.now
        self.advance(self.step)
        return moment

    def advance(self, duration: timedelta) -> None:
        """Go on by a duration, or back by a negative one."""
        self.now += duration
