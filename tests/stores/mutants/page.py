"""What docs/mutants.md shows: the totals, and a row for each fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.stores.mutants.catalogue import MEMORY, POSTGRES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tests.stores.mutants.catalogue import Mutant

TOTALS = ("faults of", "there are", "killed by the contract", "killed by the machine alone")
MEMORY_HEADER = ("fault of the memory store", "in", "killed by", "machine")
POSTGRES_HEADER = ("fault of the PostgreSQL stores", "in", "killed by")


def cells(mutant: Mutant) -> list[str]:
    """Return what a row says of a mutant, whatever the figures are."""
    return [mutant.name, mutant.file, mutant.clause]


def tables(machine: Mapping[str, bool]) -> str:
    """Return the tables; `machine` tells by name which faults of memory the machine kills."""
    by_machine = sum(machine[mutant.name] for mutant in MEMORY)
    totals = [
        ("the memory store", len(MEMORY), len(MEMORY), by_machine),
        ("the PostgreSQL stores", len(POSTGRES), len(POSTGRES), "not tried"),
    ]
    memory = [(*_shown(m), "kills" if machine[m.name] else "lets live") for m in MEMORY]
    postgres = [_shown(mutant) for mutant in POSTGRES]
    parts = ((TOTALS, totals), (MEMORY_HEADER, memory), (POSTGRES_HEADER, postgres))
    return "\n\n".join(_table(header, rows) for header, rows in parts)


def _shown(mutant: Mutant) -> list[str]:
    name, *code = cells(mutant)
    return [name.replace("_", r"\_").replace("*", r"\*"), *(f"`{text}`" for text in code)]


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [f"| {' | '.join(map(str, row))} |" for row in (header, *rows)]
    return "\n".join([lines[0], f"|{'---|' * len(header)}", *lines[1:]])
