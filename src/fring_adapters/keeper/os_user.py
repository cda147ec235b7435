"""As whom PostgreSQL runs: it refuses to be root, and initdb wants a user that has a name."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import stat
import sys
import tempfile
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

# Where systemd, too, takes the users from that exist only while something runs.
_UNNAMED_IDS: Final = range(61184, 65520)
_SET_DEATH_SIGNAL: Final = 1  # prctl(2)
_NEW_USER_NAMESPACE: Final = 0x10000000  # unshare(2)
_OF_A_SHELL: Final = frozenset('$`"\\')  # what it reads within double quotes
_LINUX: Final = sys.platform == "linux"


def owner_of(folder: Path) -> int | None:
    """Return the id of the user to run as on a data folder; None: this process's own.

    Root gives a folder to a user id that nobody has, so that no other program runs as its owner.
    """
    if os.geteuid() != 0:
        return None
    owner = folder.stat().st_uid if folder.exists() else 0
    return owner or next(number for number in _UNNAMED_IDS if not _name(number))


def named_user() -> int | None:
    """Return the id of a user to run initdb as; None: this process's own."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def _name(number: int) -> str | None:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return None


def give(folder: Path, owner: int | None) -> None:
    """Give a folder, with all that is in it, to a user."""
    if owner is None or folder.stat().st_uid == owner:
        return
    for path in (*folder.rglob("*"), folder):  # itself last: if it is given, all of it is
        os.chown(path, owner, owner, follow_symlinks=False)


def running_as(owner: int | None, *, needs_name: bool) -> dict[str, Any]:
    """Return how to start a program as a user; it is interrupted when this process dies."""
    change = {} if owner is None else {"user": owner, "group": owner, "extra_groups": []}
    nameless = needs_name and owner is None and _name(os.geteuid()) is None
    return {**change, "preexec_fn": partial(_prepare, nameless=nameless)}


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)


def _prepare(*, nameless: bool) -> None:
    """Do, in the new process, what has to be done before its program starts."""
    if not _LINUX:
        return
    _libc().prctl(_SET_DEATH_SIGNAL, signal.SIGINT)
    user, group = os.geteuid(), os.getegid()
    if nameless and _libc().unshare(_NEW_USER_NAMESPACE) == 0:
        # Inside, it is the user 1, which has a name everywhere; its files are this user's.
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"1 {user} 1")
        Path("/proc/self/gid_map").write_text(f"1 {group} 1")


def reachable(programs: Path, owner: int | None, link: Path) -> Path:
    """Return where a user can run programs from.

    They are copied if that user cannot come there, as below root's home, or if initdb, which names
    its server to a shell, could not. `link` remembers where to; `forget_copy` removes the copy.
    """
    forget_copy(link)
    closed = owner is not None and not all(map(_is_open, (programs, *programs.parents)))
    if not closed and not set(str(programs)) & _OF_A_SHELL:
        return programs
    copy = Path(tempfile.mkdtemp(prefix="fring-postgresql-"))
    link.symlink_to(copy)
    copy.chmod(0o755)
    package = programs.parents[1]  # the wheel's own libraries stand beside it
    for part in (package, package.with_name(f"{package.name}.libs")):
        if part.exists():
            ignored = shutil.ignore_patterns("include", "*.a", "*.py*")
            shutil.copytree(part, copy / part.name, ignore=ignored)
    return copy / programs.relative_to(package.parent)


def forget_copy(link: Path) -> None:
    """Remove the copy that a link leads to, if there is one."""
    if link.is_symlink():
        shutil.rmtree(link.readlink(), ignore_errors=True)
        link.unlink()


def _is_open(folder: Path) -> bool:
    return bool(folder.stat().st_mode & stat.S_IXOTH)
