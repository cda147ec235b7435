"""Receipts: what came of a call, kept in case that it comes again."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import attrs

from fring_core.errors import InvalidKey
from fring_core.text import TextRule

if TYPE_CHECKING:
    from datetime import datetime

KEPT_FOR: Final = timedelta(hours=24)
LONGEST: Final = timedelta(days=3650)  # that one can be kept
CALLER: Final = TextRule(most=255, blank=True)
# Printable ASCII, blanks included, as the Idempotency-Key of HTTP has it.
_KEY: Final = re.compile(r"[ -~]{1,255}")


@attrs.frozen
class Receipt:
    """Hold what was answered to a caller's request under a key, until it expires.

    `caller` is whose key it is: the same key of two callers is two keys. `request` tells one request
    from another, and `answer` is JSON.
    """

    caller: str
    key: str
    request: str
    answer: str
    expires_at: datetime


def check_key(key: object) -> None:
    """Raise `InvalidKey` unless this is a text of 1 to 255 printable ASCII characters."""
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise InvalidKey
