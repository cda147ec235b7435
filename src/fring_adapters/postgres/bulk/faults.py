"""What is wrong with a file: each fault with its line, so many of them at once."""

from __future__ import annotations

from typing import Final

# More are no help: whoever mends a file looks at the first ones.
MOST: Final = 20


class BulkError(Exception):
    """Report what cannot be exported or imported: a line of text for each fault.

    Nothing was changed.
    """


class Faults:
    """Gather what is wrong, up to `MOST`, and then raise `BulkError`."""

    def __init__(self) -> None:
        self._found: list[tuple[int, str]] = []

    def add(self, line: int, why: str) -> None:
        """Note a fault of a line; raise `BulkError` if there are enough."""
        self._found.append((line, why))
        if len(self._found) >= MOST:
            self._raise(f"the first {MOST} faults; nothing was imported")

    def check(self) -> None:
        """Raise `BulkError` if there are any."""
        if self._found:
            self._raise("nothing was imported")

    def _raise(self, end: str) -> None:
        told = [f"line {line}: {why}" for line, why in sorted(self._found)]
        raise BulkError("\n".join([*told, end]))
