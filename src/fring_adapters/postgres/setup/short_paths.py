"""Short paths to folders: a socket's path may have about a hundred bytes."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES: Final = 85  # systems allow from 104 on, and the socket's own name comes after it
_LINK_BYTES: Final = 17


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
        if not folder.is_absolute() or len(os.fsencode(folder)) > MAX_BYTES - _LINK_BYTES:
            continue
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
    temporary = f"fring-{os.geteuid()}"
    yield Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    with suppress(RuntimeError):  # this user has no home
        yield Path.home() / ".cache"
    yield Path(tempfile.gettempdir(), temporary)
    yield Path("/tmp", temporary)  # noqa: S108  # only if it is this user's own
