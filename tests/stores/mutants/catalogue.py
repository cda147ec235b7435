"""The catalogue: faults that a store may have, each a change of one text in one file."""

from __future__ import annotations

import tomllib
from pathlib import Path

import attrs

HERE = Path(__file__).parent


@attrs.frozen
class Mutant:
    """Hold one fault: in `file` of a store's package, `old` is replaced by `new`.

    `name` tells the fault in words. `clause` is the test of `StoreContract` that kills it: by an
    assertion or a core error or, if `crash` names an exception, by the store breaking down.
    """

    package: str
    name: str
    file: str = ""
    old: str = ""
    new: str = ""
    clause: str = ""
    crash: str = ""

    @property
    def suite(self) -> str:
        """Return the class of `clauses` whose store has the fault."""
        if self.package == "memory":
            return "TestMemory"
        return "TestPostgres" if "async" in self.file else "TestBlockingPostgres"

    @property
    def unchanged(self) -> Mutant:
        """Return the same with no fault at all: whatever kills that is wrong itself."""
        return Mutant(self.package, "no fault", self.file)

    def source(self, file: str, text: str) -> str:
        """Return the text of a file of the package, with the fault if this is where it is."""
        if file != self.file or not self.old:
            return text
        if text.count(self.old) != 1:
            raise LookupError(f"{self.name!r}: {self.file} has its text {text.count(self.old)}x")
        return text.replace(self.old, self.new)


def catalogue(package: str) -> list[Mutant]:
    """Return the faults of the memory store (`memory`) or the PostgreSQL stores (`postgres`)."""
    files = sorted(HERE.glob(f"{package}*.toml"))
    entries = [entry for file in files for entry in tomllib.loads(file.read_text())["mutant"]]
    return [Mutant(package, **entry) for entry in entries]


MEMORY = catalogue("memory")
POSTGRES = catalogue("postgres")
