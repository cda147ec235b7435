"""The one judge: a pure function of a history, the final state, and what was promised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from tests.faults.backwards import never_back
from tests.faults.integrity import known, no_orphans, unique
from tests.faults.keys import one_per_key
from tests.faults.lost import acknowledged, each_once
from tests.faults.manners import back, bitten, calm, documented, in_flight, in_time

if TYPE_CHECKING:
    from tests.faults.expected import Expected
    from tests.faults.history import History, State

# Of what is stored, and of how it was answered.
DATA_RULES: Final = (acknowledged, each_once, one_per_key, unique, known, no_orphans, never_back)
ANSWER_RULES: Final = (documented, in_time, in_flight, bitten, back, calm)


@attrs.frozen
class Violation:
    """Name a rule that was broken, and how."""

    rule: str
    how: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.how}"


def check(history: History, state: State, expected: Expected) -> list[Violation]:
    """Return each violation of each rule."""
    return [
        *(Violation(rule.__name__, how) for rule in DATA_RULES for how in rule(history, state)),
        *(
            Violation(rule.__name__, how)
            for rule in ANSWER_RULES
            for how in rule(history, expected)
        ),
    ]
