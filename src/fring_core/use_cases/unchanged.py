"""Leave a row alone that a change would leave as it is."""

from __future__ import annotations

from typing import Any


class Unchanged(Exception):  # noqa: N818  # what a verb says that has nothing to change
    """Report a row that a change leaves as it is: so nothing is stored."""

    def __init__(self, row: Any) -> None:
        super().__init__(row)
        self.row = row
