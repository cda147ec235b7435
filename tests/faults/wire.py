"""What a client says to PostgreSQL, as far as it tells the SQL that is executed."""

from __future__ import annotations

import re
import struct
from typing import Final

_HEAD: Final = 5  # of a message: its kind, and its length, which counts itself
_WRITES: Final = re.compile(
    rb"\bINSERT\s+INTO\b|\bDELETE\s+FROM\b|\bUPDATE\s+\S+\s+SET\b|^\s*COMMIT\b", re.IGNORECASE
)


class Statements:
    """Follow a connection from its start, and tell each statement as it is executed.

    Statements that were prepared are sent once, and named from then on.
    """

    def __init__(self) -> None:
        self._unread = b""
        self._begun = False
        self._prepared: dict[bytes, bytes] = {}

    def feed(self, said: bytes) -> list[bytes]:
        """Return the SQL of what is executed in the next bytes that the client sends."""
        self._unread += said
        executed: list[bytes] = []
        while True:
            head = _HEAD if self._begun else _HEAD - 1
            if len(self._unread) < head:
                return executed
            (length,) = struct.unpack("!i", self._unread[head - 4 : head])
            end = head - 4 + length
            if len(self._unread) < end:
                return executed
            kind, body = self._unread[: head - 4], self._unread[head:end]
            self._unread = self._unread[end:]
            if not self._begun:  # requests for encryption may come before the start
                self._begun = body[:2] == b"\0\3"
            elif kind == b"P":
                name, sql, *_ = body.split(b"\0", 2)
                self._prepared[name] = sql
            elif kind == b"B":
                _, name, *_ = body.split(b"\0", 2)
                executed.append(self._prepared.get(name, b""))
            elif kind == b"Q":
                executed.append(body.rstrip(b"\0"))


def commits(statements: list[bytes]) -> bool:
    """Tell whether one of them ends a transaction."""
    return any(each.strip().upper().startswith(b"COMMIT") for each in statements)


def writes(statements: list[bytes]) -> bool:
    """Tell whether one of them changes what is stored, or commits it."""
    return any(_WRITES.search(each) for each in statements)
