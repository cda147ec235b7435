"""Short paths to folders: a socket's path may have about a hundred bytes."""

from __future__ import annotations

import os
import stat
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES: Final = 85  # systems allow from 104 on, and the socket's own name comes after it
_LINK_BYTES: Final = 24


def shortened(folder: Path) -> Path:
    """Return a path to a folder that leaves room for a socket's name: always the same one.

    It is the folder's own, or else a link in a folder that is this user's alone. Raise `OSError` if
    there is no place for one.
    """
    if len(os.fsencode(folder)) <= MAX_BYTES:
        return folder
    link = _own_folder() / sha256(os.fsencode(folder)).hexdigest()[:16]
    if not (link.is_symlink() and link.readlink() == folder):
        new = link.with_suffix(f".{os.getpid()}")
        new.symlink_to(folder)
        new.replace(link)
    return link


def _own_folder() -> Path:
    """Return a folder with a short path that nobody else may write to, nor clears from time to time.

    Only where there is no such place, it is one in the folder for temporary files.
    """
    for place in _places():
        folder = place / "fring"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            found = folder.lstat()
        except OSError:
            continue
        own = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
        if own and not found.st_mode & 0o022:
            return folder
    raise OSError("there is no folder with a short path for links to its sockets")


def _places() -> Iterator[Path]:
    named = (os.environ.get("XDG_RUNTIME_DIR"), os.path.expanduser("~/.cache"))
    temporary = (
        os.path.join(top, f"fring-{os.geteuid()}") for top in (tempfile.gettempdir(), "/tmp")
    )
    for place in (*named, *temporary):
        if place and place.startswith("/") and len(os.fsencode(place)) <= MAX_BYTES - _LINK_BYTES:
            yield Path(place)
