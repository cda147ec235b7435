"""Write the tables of docs/mutants.md; takes minutes: python -m tests.stores.mutants.

That the clauses kill their mutants is tested beside; here the machine is tried on each.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor

from tests.docs.pages import ROOT
from tests.stores.mutants.catalogue import MEMORY
from tests.stores.mutants.histories import machine_kills
from tests.stores.mutants.page import with_tables

PAGE = ROOT / "docs/mutants.md"

if __name__ == "__main__":
    with ProcessPoolExecutor() as workers:
        killed = dict(
            zip((m.name for m in MEMORY), workers.map(machine_kills, MEMORY), strict=True)
        )
    PAGE.write_text(with_tables(PAGE.read_text(), killed))
