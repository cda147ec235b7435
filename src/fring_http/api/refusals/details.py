"""What errors say, where no operation has words of its own: to clients, and in the document."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

NO_TOKEN: Final = "Not authenticated"  # noqa: S105  # words
BAD_TOKEN: Final = "Invalid token"  # noqa: S105  # words
FOREIGN: Final = (
    "A page of this origin may not write here: CORS_ORIGINS names those that may,"
    " and a proxy has to pass on Host"
)
NOT_FOUND: Final = HTTPStatus.NOT_FOUND.phrase  # Litestar's words
TOO_SLOW: Final = "The body took too long to arrive"
TOO_LARGE: Final = "The body is larger than 1 MiB"
NOT_PLAIN: Final = "The body must be plain JSON, with Content-Type: application/json"
UNCONDITIONAL: Final = (
    "If-Match must say which version this is meant for: the ETag that was seen, or *"
)
CHANGED: Final = "It is another by now: its version is not one that If-Match names"
TOO_MANY: Final = "Too many requests: Retry-After says when to try again"
AWAY: Final = "Service temporarily unavailable"
