"""What nobody can guess: secrets of webhooks, and names that nothing else has."""

from __future__ import annotations

from base64 import b64encode
from secrets import token_bytes, token_hex

__all__ = ["drawn_message_id", "drawn_secret"]


def drawn_secret() -> str:
    """Return a secret that messages can be signed with, as Standard Webhooks has it."""
    return f"whsec_{b64encode(token_bytes(32)).decode()}"


def drawn_message_id() -> str:
    """Return an id for a message that is about no event."""
    return f"msg_test_{token_hex(16)}"
