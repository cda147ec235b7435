"""What a fault may cost those who call meanwhile, as figures."""

from __future__ import annotations

from typing import Final

import attrs

NOTHING: Final = frozenset[str]()
TOLERANCE_SECONDS: Final = 0.3


@attrs.frozen(kw_only=True)
class Expected:
    """Say what has to hold beside what always holds; times are seconds.

    Every request is answered if `answered`, and nobody waits beyond the deadline, which is
    `deadline`. During an outage every answer comes `within`, or those to `quick` verbs, and the
    slowest refusal at the deadline if it is `at_deadline`; somebody is refused if it `bites`, and never who asks for a
    verb in `spared`. After it, the first success comes `back_within`, and no refusal begins later
    than `healed_within`. None: whatever. What is an upper limit is `slack` more, on a machine
    that has other things to do.
    """

    deadline: float = 5.0
    slack: float = 0.0
    answered: bool = True
    within: float | None = None
    quick: frozenset[str] | None = None
    at_deadline: bool = False
    bites: bool = True
    spared: frozenset[str] = NOTHING
    back_within: float | None = 1.0
    healed_within: float | None = 3.0

    def is_over(self, seconds: float, most: float | None) -> bool:
        """Tell whether something took longer than it may."""
        return most is not None and seconds > most + self.slack
