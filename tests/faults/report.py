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
HEADLINE: Final = ("<!-- headline -->\n", "<!-- end of headline -->\n")
FEED: Final = ("<!-- feed -->\n", "<!-- end of feed -->\n")
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
    return _written(page, BEGIN, END, HEADER + "".join(f"{each}\n" for each in rows))


def with_headline(page: str, text: str) -> str:
    """Return a page with what became of the headline."""
    return _written(page, *HEADLINE, f"{text}\n")


def with_run(page: str, name: str, text: str) -> str:
    """Return a page with what became of a run of the feed, in the place of what it said before."""
    begin, end = FEED
    before, _, rest = page.partition(begin)
    old, _, after = rest.partition(end)
    lines = {line.partition(": ")[0]: line for line in old.split("\n") if line}
    shown = name.removeprefix("feed: ")
    lines[f"- {shown}"] = f"- {shown}: {text}"
    text = "\n".join(lines.values())
    return f"{before}{begin}\n{text}\n\n{end}{after}"


def _written(page: str, begin: str, end: str, text: str) -> str:
    before, found, rest = page.partition(begin)
    _, found_end, after = rest.partition(end)
    assert found and found_end, "the page has no marks for it"
    return f"{before}{begin}\n{text}\n{end}{after}"


def renewed(page: str, names: Iterable[str], rows: Iterable[str]) -> str:
    """Return a page that has a row for each of these names, as far as there is one, new or old."""
    by_name = {_name(line): line for line in (*rows_of(page), *rows)}
    return written(page, [by_name[name] for name in names if name in by_name])


def _name(line: str) -> str:
    return line.removeprefix("| ").partition(" | ")[0]


def rows_of(page: str) -> list[str]:
    """Return the rows that a page has."""
    table = page.partition(BEGIN)[2].partition(END)[0]
    return [line for line in table.splitlines() if line.startswith("| ")][1:]
