"""How far a command is: a bar on a terminal, and elsewhere a line now and then.

It is told on the error output; the output may be what is made.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LINE_SECONDS: Final = 10.0


@contextmanager
def progress() -> Iterator[Callable[[str, int, int | None], None]]:
    """Give what is to be told what is done, how much of it, and of how much, if that is known."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _in_lines()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bars:
        tasks = {}

        def show(what: str, done: int, total: int | None) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield show


def _in_lines() -> Callable[[str, int, int | None], None]:
    told = monotonic()

    def tell(what: str, done: int, total: int | None) -> None:
        nonlocal told
        if monotonic() - told >= LINE_SECONDS:
            told = monotonic()
            of = f" of {total}" if total else ""
            print(f"fring: {what}: {done}{of}", file=sys.stderr, flush=True)

    return tell
