"""What is sent, and what comes back."""

from __future__ import annotations

from typing import Any, TypeAlias

import attrs

Row: TypeAlias = tuple[Any, ...]


@attrs.frozen
class Statement:
    """Hold a statement's SQL, with psycopg's `%(name)s` placeholders, always returning rows.

    `reads` marks one that changes nothing, so that it may be sent again at will.
    """

    sql: bytes
    reads: bool
