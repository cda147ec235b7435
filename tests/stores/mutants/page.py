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


def with_tables(page: str, machine: Mapping[str, bool]) -> str:
    """Return the page with its tables as they are to be.

    `machine` tells by name which faults of the memory store the machine kills.
    """
    totals = [
        ("the memory store", len(MEMORY), len(MEMORY), sum(machine[m.name] for m in MEMORY)),
        ("the PostgreSQL stores", len(POSTGRES), len(POSTGRES), "not tried"),
    ]
    memory = [(*_shown(m), "kills" if machine[m.name] else "lets live") for m in MEMORY]
    postgres = [_shown(mutant) for mutant in POSTGRES]
    parts = ((TOTALS, totals), (MEMORY_HEADER, memory), (POSTGRES_HEADER, postgres))
    for header, rows in parts:
        head = _table(header, [])
        before, found, after = page.partition(head)
        assert found, head
        page = before + _table(header, rows) + after[after.index("\n\n") :]
    return page


def _shown(mutant: Mutant) -> list[str]:
    name, *code = cells(mutant)
    return [name.replace("_", r"\_").replace("*", r"\*"), *(f"`{text}`" for text in code)]


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [f"| {' | '.join(map(str, row))} |" for row in (header, *rows)]
    return "\n".join([lines[0], f"|{'---|' * len(header)}", *lines[1:]])
