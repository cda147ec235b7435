"""Print the tables of docs/mutants.md; takes minutes: python -m tests.stores.mutants.

That the clauses kill their mutants is tested beside; here the machine is tried on each.
"""

from __future__ import annotations

import sys

from tests.stores.mutants.catalogue import MEMORY
from tests.stores.mutants.histories import machine_kills
from tests.stores.mutants.page import tables

if __name__ == "__main__":
    killed = {mutant.name: machine_kills(mutant) for mutant in MEMORY}
    sys.stdout.write(f"{tables(killed)}\n")
