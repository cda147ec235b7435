"""Expected versions: a change is meant for a row as its caller saw it, and for no other.

Who changes what it has read says which version that was. If another caller came first, the change
is refused, and nothing is lost unseen.
"""

from __future__ import annotations

from typing import Final, Protocol

from fring_core.errors import VersionConflict
from fring_core.ids import is_possible
from fring_core.values import whole

NO_VERSION: Final = 0  # the first is 1


class Versioned(Protocol):
    """Be a row that counts its changes."""

    @property
    def version(self) -> int:
        """Return its version."""
        ...


def expected(version: int | None) -> int | None:
    """Return a version that a store may be asked for, None for any: 0 for one that cannot be.

    Raise `InvalidInput` for what is no whole number.
    """
    if version is None:
        return None
    version = whole("version", version)
    return version if is_possible(version) else NO_VERSION


def check_version(row: Versioned, version: int | None) -> None:
    """Raise `VersionConflict` if a row has another version than this; None is any."""
    if version not in (None, row.version):
        raise VersionConflict(row.version)
