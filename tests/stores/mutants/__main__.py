"""Print the tables of docs/mutants.md; takes minutes: python -m tests.stores.mutants."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from fring_core.testing import StoreContract
from tests.stores.mutants.catalogue import MEMORY, POSTGRES
from tests.stores.mutants.histories import machine_kills
from tests.stores.mutants.page import tables
from tests.stores.mutants.running import run

if TYPE_CHECKING:
    from tests.stores.mutants.catalogue import Mutant

CLAUSES = [name for name in dir(StoreContract) if name.startswith("test_")]


def killing_clauses(mutants: list[Mutant]) -> dict[Mutant, int]:
    """Return how many clauses of the whole contract fail on each mutant, in whatever way."""
    verdicts = run([(mutant, clause) for mutant in mutants for clause in CLAUSES])
    failed = [mutant for (mutant, _), found in verdicts.items() if found.kills or found.broken]
    return {mutant: failed.count(mutant) for mutant in mutants}


if __name__ == "__main__":
    clauses = killing_clauses([*MEMORY, *POSTGRES])
    machine = {mutant: machine_kills(mutant) for mutant in MEMORY}
    sys.stdout.write(f"{tables(clauses, machine)}\n")
