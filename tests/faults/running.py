"""Try one fault: a world, its clients, the fault, and what the judge says afterwards."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Final

import attrs

from tests.faults.checker import check
from tests.faults.manners import recovery
from tests.faults.postgres import read_state
from tests.faults.world import world

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.checker import Violation
    from tests.faults.fault import Fault
    from tests.faults.history import History, Outcome
    from tests.faults.postgres import Cluster

WARM_SECONDS: Final = 0.7
QUIET_SECONDS: Final = 1.0
MOST_SECONDS: Final = 30.0
DEADLINE_SECONDS: Final = 5.0  # of a request, unless FRING_REQUEST_SECONDS says otherwise


@attrs.frozen
class Measured:
    """Hold what was seen of a fault; times are seconds, the worst of all outages."""

    fault: Fault
    violations: list[Violation]
    outcomes: Counter[Outcome]
    slowest: float
    first_success: float
    last_refusal: float


def run(
    fault: Fault,
    made: Cluster,
    folder: Path,
    *,
    deadline: float = DEADLINE_SECONDS,
    slack: float = 0.0,
) -> Measured:
    """Try a fault in an empty folder; `slack` is as in `Expected`."""
    folder.chmod(0o711)  # PostgreSQL may be another user's
    with world(fault.setting, made, folder, deadline) as stage:
        time.sleep(WARM_SECONDS)
        fault.strike(stage)
        stage.load.settle(QUIET_SECONDS, MOST_SECONDS)
        stage.load.end()
        state = read_state(stage.database.url)
    history = stage.load.history
    history.log = stage.server.said()
    expected = attrs.evolve(fault.expected, deadline=deadline, slack=slack)
    return _measured(fault, history, check(history, state, expected))


def _measured(fault: Fault, history: History, violations: list[Violation]) -> Measured:
    firsts, lasts = zip(*(recovery(history, n) for n in range(len(history.outages))), strict=True)
    return Measured(
        fault,
        violations,
        Counter(each.outcome for each in history.operations),
        max(each.seconds for each in history.operations),
        max(firsts),
        max(lasts),
    )
