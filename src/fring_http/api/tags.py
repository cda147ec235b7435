"""Entity tags (RFC 9110, 8.8.3): which state of a user or a task an answer shows.

`"3"` is a row at its version 3. `"3-5e1c7a90b2d4f668"` is an answer that shows other rows too: the
digest stands for all of them. Versions begin anew where a row was deleted and another took its id,
so it covers the time of creation as well.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fring_core import Task, User

    Row: TypeAlias = User | Task

_DIGEST_BYTES: Final = 8
_TAG: Final = r'(W/)?"([!#-~\x80-\xff]*)"'
_TAGS: Final = re.compile(_TAG)
_LIST: Final = re.compile(rf"[ \t,]*({_TAG}[ \t]*(,[ \t,]*|\Z))+")
_VERSION: Final = re.compile(r"([1-9][0-9]{0,18})(-[0-9a-f]+)?")


def version_tag(version: int) -> str:
    """Return the tag of a row by itself."""
    return f'"{version}"'


def tag_with(row: Row, others: Sequence[Row]) -> str:
    """Return the tag of an answer that shows a row and others."""
    seen = [(each.id, each.version, each.created_at) for each in (row, *others)]
    digest = blake2b(msgspec.json.encode(seen), digest_size=_DIGEST_BYTES)
    return f'"{row.version}-{digest.hexdigest()}"'


def tags_in(header: str) -> list[tuple[bool, str]]:
    """Return the tags of a list, each without its quotes, and whether it is weak; [] for no list."""
    if not _LIST.fullmatch(header):
        return []
    return [(bool(weak), opaque) for weak, opaque in _TAGS.findall(header)]


def version_of(opaque: str) -> int | None:
    """Return the version that a tag of ours names, None for what is none."""
    found = _VERSION.fullmatch(opaque)
    return int(found[1]) if found else None
