"""Find the name that somebody has probably meant."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

USUAL: Final = 0.6  # difflib's own
_MOST_CHARACTERS: Final = 64  # a comparison takes the square of their number


def nearest(name: str, known: Iterable[str], *, alike: float = USUAL) -> str | None:
    """Return the known name that is most like a name, None if there is none like it.

    Case, `-` and `_` do not count. `alike` is how much has to be the same, from 0 to 1.
    """
    spelled = {_plain(each): each for each in known}
    found = get_close_matches(_plain(name[:_MOST_CHARACTERS]), spelled, n=1, cutoff=alike)
    return spelled[found[0]] if found else None


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")
