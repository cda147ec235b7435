"""The examples in `docs/examples`: pages whose titled blocks are files, and consoles that run them.

    python -m tests.docs.examples FOLDER

writes the files of all pages into one folder, for type checkers.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import attrs

from tests.docs.pages import ROOT, blocks

EXAMPLES = sorted((ROOT / "docs/examples").glob("*.md"))


@attrs.frozen
class Command:
    """Hold a command of a page, and what it prints; `…` stands for anything, alone for any lines.

    One that prints `^C` runs until the page ends and is then interrupted: `printed` is what comes
    before, `at_the_end` what comes after.
    """

    text: str
    printed: str
    at_the_end: str | None = None


def files(page: Path) -> dict[str, str]:
    """Return the files of a page, as text by name."""
    return {block.title: block.text for block in blocks(page) if block.title}


def commands(page: Path) -> list[Command]:
    """Return the commands of a page, in order."""
    found = []
    for block in blocks(page):
        if block.language == "console":
            for step in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
                text, _, output = step.partition("\n")
                printed, interrupt, rest = output.partition("^C\n")
                found.append(Command(text, printed, rest if interrupt else None))
    return found


def says(expected: str, output: str) -> bool:
    """Tell whether an output is the expected one."""
    lines = (
        r"(?:.*\n)*" if line == "…" else re.escape(line).replace("…", ".*") + r"\n"
        for line in expected.splitlines()
    )
    return re.fullmatch("".join(lines), output) is not None


def extract(folder: Path) -> None:
    """Write the files of all pages into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for page in EXAMPLES:
        for name, text in files(page).items():
            (folder / name).write_text(text)


if __name__ == "__main__":
    extract(Path(sys.argv[1]))
