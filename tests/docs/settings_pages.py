"""What the pages say of the settings, made from the class that has them.

python -m tests.docs.settings_pages    writes it anew
"""

from __future__ import annotations

import re
import textwrap
from itertools import groupby
from pathlib import Path  # noqa: TC003
from typing import Final

from fring_http.server.settings import SETTINGS
from tests.docs.pages import README, ROOT

EXAMPLE: Final = ROOT / ".env.example"
PAGE: Final = ROOT / "docs/settings.md"
HEAD: Final = """\
# The settings of `fring serve`, each with its default. Copy this file to .env, and take away the
# sign in front of those that are to be others.
"""
BEGIN, END = "<!-- settings -->\n", "<!-- end of settings -->\n"
_LINK: Final = re.compile(r"\]\(([^)]+)\)")


def example() -> str:
    """Return what `.env.example` says."""
    return HEAD + "".join(
        f"\n# {heading}\n" + "".join(map(_entry, settings))
        for heading, settings in groupby(SETTINGS, lambda each: each.group)
    )


def _entry(setting):
    words = textwrap.fill(setting.plainly, 98, initial_indent="# ", subsequent_indent="# ")
    return f"\n{words}\n#{setting.variable}={setting.default or ''}\n"


def tables() -> str:
    """Return the tables of `docs/settings.md`, one for each group."""
    return "".join(
        f"### {heading}\n\n{_table(settings)}\n"
        for heading, settings in groupby(SETTINGS, lambda each: each.group)
    )


def first_table() -> str:
    """Return the table of README: the first group."""
    first = [each for each in SETTINGS if each.group == SETTINGS[0].group]
    return _LINK.sub(_from_root, _table(first))


def _from_root(link):
    target = link[1]
    return f"](docs/{'settings.md' if target.startswith('#') else ''}{target})"


def _table(settings):
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for each in settings:
        default = f"`{each.default}`" if each.default else ""
        file = f"; or `{each.in_file}`" if each.in_file else ""
        rows.append(f"| `{each.variable}`{file} | {default} | {each.meaning} |")
    return "\n".join(rows) + "\n"


def written(page: Path, text: str) -> str:
    """Return a page with this text between its marks."""
    before, begin, rest = page.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    assert begin and end, f"{page.name} has no marks for its settings"
    return f"{before}{begin}\n{text}\n{end}{after}"


PAGES: Final = {PAGE: tables, README: first_table}


if __name__ == "__main__":
    EXAMPLE.write_text(example())
    for page, text in PAGES.items():
        page.write_text(written(page, text()))
