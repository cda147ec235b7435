"""The file of the table that says who has written lately, which all workers of a server share."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from fring_http.server.kept import kept_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Callers who share a place share the time of their last write: they read from the primary more
# often than they must.
PLACES: Final = 65_536
BYTES: Final = 8 * PLACES


@contextmanager
def shared_file() -> Iterator[Path]:
    """Make a file for the table of a server, and give its path to be handed to the workers."""
    with kept_folder("fring-writes-") as folder:
        path = folder / "writes"
        with path.open("wb") as file:
            file.write(bytes(BYTES))  # all of it: on a full disk a hole would end who notes there
        yield path
