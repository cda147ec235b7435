"""What `docs/reliability.md` says was measured: a row for each fault, between two marks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.faults.history import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.faults.running import Measured

PAGE: Final = Path(__file__).parents[2] / "docs/reliability.md"
BEGIN, END = "<!-- faults -->\n", "<!-- end of faults -->\n"
HEADER: Final = (
    "| fault | promise | kept | requests | without an answer, or 503 | slowest | first success"
    " after |\n|---|---|---|---|---|---|---|\n"
)


def row(measured: Measured) -> str:
    """Return the line of the table about one fault."""
    fault, rules = measured.fault, sorted({each.rule for each in measured.violations})
    return "| {} | {} | {} | {:,} | {:,} | {:.2f} s | {:.2f} s |".format(
        fault.name,
        fault.promise,
        f"no: {', '.join(f'`{rule}`' for rule in rules)}" if rules else "yes",
        measured.outcomes.total(),
        measured.outcomes[Outcome.UNKNOWN],
        measured.slowest,
        measured.first_success,
    )


def written(page: str, rows: Iterable[str]) -> str:
    """Return a page with these rows between its marks; the text around stays."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    assert begin and end, "the page has no marks for its table"
    lines = "".join(f"{each}\n" for each in rows)
    return f"{before}{begin}\n{HEADER}{lines}\n{end}{after}"


def rows_of(page: str) -> list[str]:
    """Return the rows that a page has."""
    table = page.partition(BEGIN)[2].partition(END)[0]
    return [line for line in table.splitlines() if line.startswith("| ")][1:]
