"""`.env.example`, made from the table of settings in `docs/settings.md`.

python -m tests.docs.env_example    writes it anew
"""

from __future__ import annotations

import re
import textwrap
from typing import Final

from tests.docs.pages import ROOT, table

FILE: Final = ROOT / ".env.example"
HEAD: Final = """\
# The settings of `fring serve`, each with its default. Copy this file to .env, and take away the
# sign in front of those that are to be others.
"""
_LINK: Final = re.compile(r"\[([^]]+)\]\([^)]+\)")


def example() -> str:
    """Return what the file says."""
    rows = table(ROOT / "docs/settings.md", "variable", "default", "meaning")
    return HEAD + "".join(_entry(*(cell.replace("`", "") for cell in row)) for row in rows)


def _entry(name: str, default: str, meaning: str) -> str:
    words = textwrap.fill(
        _LINK.sub(r"\1", meaning), 98, initial_indent="# ", subsequent_indent="# "
    )
    return f"\n{words}\n#{name}={default}\n"


if __name__ == "__main__":
    FILE.write_text(example())
