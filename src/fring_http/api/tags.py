"""Entity tags (RFC 9110, 8.8.3): which state of a user or a task an answer shows.

`"3"` is a row at its version 3. `"3-5e1c7a90b2d4f668"` is an answer that shows other rows too: the
digest is that of its body, which no change of a row that is shown leaves as it is.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import Final

_DIGEST_BYTES: Final = 8
_TAG: Final = r'(W/)?"([!#-~\x80-\xff]*)"'
_TAGS: Final = re.compile(_TAG)
_LIST: Final = re.compile(rf"[ \t,]*({_TAG}[ \t]*(,[ \t,]*|\Z))+")
_VERSION: Final = re.compile(r"([1-9][0-9]{0,18})(-[0-9a-f]+)?")


def version_tag(version: int) -> str:
    """Return the tag of a row by itself."""
    return f'"{version}"'


def body_tag(version: int, body: bytes) -> str:
    """Return the tag of an answer whose body shows a row of this version, and others."""
    return f'"{version}-{blake2b(body, digest_size=_DIGEST_BYTES).hexdigest()}"'


def tags_in(header: str) -> list[tuple[bool, str]]:
    """Return the tags of a list, each without its quotes, and whether it is weak; [] for no list."""
    if not _LIST.fullmatch(header):
        return []
    return [(bool(weak), opaque) for weak, opaque in _TAGS.findall(header)]


def version_of(opaque: str) -> int | None:
    """Return the version that a tag of ours names, None for what is none."""
    found = _VERSION.fullmatch(opaque)
    return int(found[1]) if found else None
