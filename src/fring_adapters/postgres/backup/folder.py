"""A folder of backups: each under the moment when it was made, the oldest removed in time.

A backup is written under another name, which says that it is not whole, and renamed at the end.
That name is made from the last one, and only one process can make it: so no two want the same.
"""

from __future__ import annotations

import os
import re
import sys
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_WHOLE: Final = re.compile(r"fring-\d{8}T\d{6}Z\.dump")
_PART: Final = re.compile(r"\.fring-\d{8}T\d{6}Z\.dump\.part")
# Who writes one, writes to it all the time.
LEFT_SECONDS: Final = 3600


@contextmanager
def part(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Give an empty file in a folder, which is made if it is absent, and the name that it may get.

    Only its owner can read it. If the block leaves it there, it is removed; what kills have left is
    removed before, since it may be what fills the disk.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _clear_parts(folder)
    while True:
        whole = folder / f"fring-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.dump"
        file = folder / f".{whole.name}.part"
        with suppress(FileExistsError):
            os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            if not whole.exists():
                break
            file.unlink(missing_ok=True)
        time.sleep(0.1)  # until the next second
    try:
        yield file, whole
    finally:
        file.unlink(missing_ok=True)


def keep_safe(file: Path, whole: Path) -> None:
    """Give a file its last name; afterwards it outlasts a power cut."""
    with file.open("rb+") as written:
        os.fsync(written.fileno())
    file.rename(whole)
    if sys.platform != "win32":  # which has no way to do this
        folder = os.open(whole.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def clear(folder: Path, *, keep: int, made: Path) -> None:
    """Remove all backups but the newest `keep`; `made` stays, even if the clock was set back."""
    others = sorted(path for path in folder.iterdir() if _WHOLE.fullmatch(path.name))
    others.remove(made)
    for path in others[: max(0, len(others) - (keep - 1))]:
        path.unlink(missing_ok=True)


def _clear_parts(folder: Path) -> None:
    for path in folder.iterdir():
        if _PART.fullmatch(path.name):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < time.time() - LEFT_SECONDS:
                    path.unlink()
