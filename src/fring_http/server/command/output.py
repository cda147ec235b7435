"""What commands print: for people on a terminal, plain lines for programs."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence


def say(text: str) -> None:
    """Tell people what happens; if nobody listens any more, go on."""
    try:
        print(f"fring: {text}", flush=True)
    except OSError:
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115  # or the exit fails as well


def console() -> Console:
    """Return what writes to the output: in colour on a terminal, unless NO_COLOR is set."""
    return Console(highlight=False, soft_wrap=True)


def show_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns; outside a terminal, as lines that programs can split."""
    out = console()
    if out.is_terminal:
        table = Table(*header, box=None, header_style="bold", pad_edge=False)
        for row in rows:
            table.add_row(*map(Text, row))
        out.print(table)
        return
    every = [header, *rows]
    widths = [max(map(len, column)) for column in zip(*every, strict=True)]
    for row in every:
        print("  ".join(map(str.ljust, row, widths)).rstrip())
