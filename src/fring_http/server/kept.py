"""Temporary folders that stay for as long as they are needed."""

from __future__ import annotations

import os
from contextlib import contextmanager
from fcntl import LOCK_SH, flock
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from fring_http.server.modes import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def kept_folder(prefix: str) -> Iterator[Path]:
    """Make a temporary folder that nobody tidies away meanwhile; raise `SettingsError`.

    Whoever clears temporary files of their oldest leaves folders alone that are locked
    (tmpfiles.d(5)).
    """
    try:
        made = TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True)
    except OSError as error:
        raise SettingsError(
            f"There is no place for temporary files ({error.strerror}): let TMPDIR name a folder"
        ) from None
    with made as name:
        folder = os.open(name, os.O_RDONLY)
        try:
            flock(folder, LOCK_SH)
            yield Path(name)
        finally:
            os.close(folder)
