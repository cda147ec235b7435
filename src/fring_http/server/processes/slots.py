"""Where the workers keep their numbers: a slot each, which the next worker takes over.

A worker that dies leaves what it has counted, and the next one in its slot counts on, so that no
number goes back, and that there are never more files than workers.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from fring_http.server.kept import kept_folder
from fring_http.server.variables.sources import set_variable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"  # a variable of the library that counts
NO_SLOT: Final = "none"


class Slots:
    """Hand out slots, the lowest that is free; in `folder` they have their files, if there is one."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._taken: set[int] = set()

    def take(self) -> str:
        """Return a slot that nobody has; `NO_SLOT` if nobody counts."""
        if self._folder is None:
            return NO_SLOT
        self._folder.mkdir(mode=0o700, exist_ok=True)  # or no worker could start without it
        slot = next(number for number in range(len(self._taken) + 1) if number not in self._taken)
        self._taken.add(slot)
        return str(slot)

    def give_back(self, slot: str) -> None:
        """Free a slot; what its worker was doing is forgotten, what it has counted is not."""
        if self._folder is not None:
            self._taken.discard(int(slot))
            for mode in ("livesum", "livemax"):
                (self._folder / f"gauge_{mode}_{slot}.db").unlink(missing_ok=True)


@contextmanager
def slots() -> Iterator[Slots]:
    """Make a folder for the numbers of workers that are started meanwhile, and give its slots."""
    with kept_folder("fring-metrics-") as folder:
        set_variable(FOLDER, str(folder))
        yield Slots(folder)
