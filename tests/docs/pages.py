"""Read the documentation's pages: their tables, their blocks, their links."""

from __future__ import annotations

import re
from pathlib import Path

import attrs

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = sorted(
    path for pattern in ("*.md", "docs/**/*.md", "src/**/*.md") for path in ROOT.glob(pattern)
)

_FENCE = re.compile(
    r'^```(?P<language>\w*)(?: title="(?P<title>[^"\n]+)")?\n(?P<text>.*?)^```$',
    re.DOTALL | re.MULTILINE,
)


@attrs.frozen
class Block:
    """Hold a fenced block: the line that it begins on, its language, and its title, if any."""

    line: int
    language: str
    text: str
    title: str = ""


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page, in order."""
    text = page.read_text()
    return [
        Block(
            line=text.count("\n", 0, found.start()) + 1,
            language=found["language"],
            text=found["text"],
            title=found["title"] or "",
        )
        for found in _FENCE.finditer(text)
    ]


def headings(page: Path, level: int) -> list[tuple[int, str]]:
    """Return the headings of this level of a page, each with the line that it is on."""
    mark = "#" * level + " "
    lines = enumerate(page.read_text().splitlines(), start=1)
    return [(number, line) for number, line in lines if line.startswith(mark)]


def between(page: Path, start: str, end: str) -> str:
    """Return the text between two marks, the first of which stands only once."""
    before, found, after = page.read_text().partition(start)
    assert found, f"{page.name} has no {start!r}"
    assert start not in before + after
    inside, found, _ = after.partition(end)
    assert found, f"{page.name} has no {end!r} after {start!r}"
    return inside.strip()


def table(page: Path, *header: str) -> list[list[str]]:
    """Return the rows of the table with this header, each as its cells without backticks."""
    head = f"| {' | '.join(header)} |\n|{'---|' * len(header)}\n"
    rows = between(page, head, "\n\n").splitlines()
    return [[cell.strip().replace("`", "") for cell in row.split("|")[1:-1]] for row in rows]


def relative_links(page: Path) -> list[str]:
    """Return where the links of a page lead, those to other hosts and within the page left out."""
    prose = _FENCE.sub("", page.read_text())
    targets = re.findall(r"\]\(([^)\s]+)\)", prose)
    return [target for target in targets if not re.match(r"\w+:|#", target)]
