"""Which clauses fail for which fault, all of them: what is declared, as data beside this file.

Each fault has the clauses that are `red` at every run, and those that are red `sometimes`, such
as races in threads. The name of a part of the contract stands for all its clauses.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import attrs

from fring_core.testing import StoreContract
from tests.stores.mutants.catalogue import HERE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from tests.stores.mutants.catalogue import Mutant

FOLDER = HERE / "red"
# By the name of a part of the contract, its clauses; no part inherits from another.
PARTS = {
    part.__name__: frozenset(name for name in vars(part) if name.startswith("test_"))
    for part in StoreContract.__bases__
}
CLAUSES = frozenset[str]().union(*PARTS.values())


@attrs.frozen
class Red:
    """Hold the clauses that a fault turns red, at every run and at some runs."""

    always: frozenset[str] = frozenset()
    sometimes: frozenset[str] = frozenset()

    @property
    def all(self) -> frozenset[str]:
        """Return both."""
        return self.always | self.sometimes

    def amiss(self, red: AbstractSet[str]) -> list[str]:
        """Return how what was red in one run is not what is declared; nothing if it is."""
        return [
            *(f"red and not declared: {clause}" for clause in sorted(red - self.all)),
            *(f"declared and green: {clause}" for clause in sorted(self.always - red)),
        ]

    def of(self, clauses: frozenset[str]) -> Red:
        """Return those of these clauses."""
        return Red(self.always & clauses, self.sometimes & clauses)

    def after(self, runs: Iterable[AbstractSet[str]], clauses: frozenset[str] = CLAUSES) -> Red:
        """Return what is to be declared after some runs of these clauses.

        What was red sometimes stays so, or would come and go with each record. So does what is
        declared of other clauses.
        """
        seen = [frozenset(run) for run in runs]
        others = self.of(CLAUSES - clauses)
        by_chance = self.of(clauses).sometimes
        always = frozenset.intersection(*seen) - by_chance
        by_chance = frozenset.union(*seen, by_chance) - always
        return Red(always | others.always, by_chance | others.sometimes)


def declared(package: str) -> dict[str, Red]:
    """Return what is declared of the faults of a package, by their names."""
    file = FOLDER / f"{package}.toml"
    entries = tomllib.loads(file.read_text()) if file.exists() else {}
    return {
        name: Red(*(_clauses(entry.get(key, ())) for key in ("red", "sometimes")))
        for name, entry in entries.items()
    }


def declare(package: str, mutants: Iterable[Mutant], red: Mapping[str, Red]) -> None:
    """Write down what is red, in the order of the catalogue."""
    lines = [f"# Clauses that fail, for each fault of {package}: written by `make kit RECORD=1`.\n"]
    for mutant in mutants:
        found = red[mutant.name]
        lines += [f"\n[{_quoted(mutant.name)}]\n"]
        for key, clauses in (("red", found.always), ("sometimes", found.sometimes)):
            if clauses:
                names = "".join(f'    "{name}",\n' for name in _short(clauses))
                lines += [f"{key} = [\n{names}]\n"]
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{package}.toml").write_text("".join(lines))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _short(clauses: frozenset[str]) -> list[str]:
    whole = [part for part, names in PARTS.items() if names <= clauses]
    rest = clauses.difference(*(PARTS[part] for part in whole))
    return [*sorted(whole), *sorted(rest)]


def _clauses(names: Iterable[str]) -> frozenset[str]:
    return frozenset[str]().union(*(PARTS.get(name, frozenset({name})) for name in names))
