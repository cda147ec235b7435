"""Random histories on mutants of the memory store."""

from __future__ import annotations

from contextlib import redirect_stdout
from io import StringIO
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from fring_adapters.memory import MemoryStore
from fring_core.testing import StoreMachine
from tests.stores.mutants.loading import load

if TYPE_CHECKING:
    from tests.stores.mutants.catalogue import Mutant

# Sixty histories: six of each seed, since Hypothesis makes variations of one before it makes
# another. What fails is not made shorter.
SEEDS = range(10)
HISTORIES = settings(
    max_examples=6,
    stateful_step_count=25,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def machine_kills(mutant: Mutant) -> bool:
    """Tell whether random histories tell a mutant of the memory store from the memory store."""
    package = load(mutant)

    class Machine(StoreMachine):
        shorten_seconds = 0

        def make_store(self):
            return package.MemoryStore()

        def make_oracle(self):
            return MemoryStore()

    try:
        with redirect_stdout(StringIO()):
            for number in SEEDS:
                run_state_machine_as_test(seed(number)(Machine), settings=HISTORIES)
    except Exception:  # noqa: BLE001  # a store that breaks down is found as well
        return True
    return False
