"""What is sent: the body of a message, and the headers by which it is known to be genuine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from standardwebhooks import Webhook

from fring_http.api.v2.schemas import Event
from fring_http.version import VERSION

if TYPE_CHECKING:
    from datetime import datetime

    from fring_core.webhooks import Attempt

USER_AGENT: Final = f"Fring/{VERSION}"


def message(attempt: Attempt) -> bytes:
    """Return the body: the same bytes for each attempt of a message. A test has empty `data`."""
    event = attempt.event
    return msgspec.json.encode(
        {
            "type": attempt.type,
            "timestamp": attempt.at,
            "data": {} if event is None else Event.of(event),
        }
    )


def headers(attempt: Attempt, body: bytes, now: datetime) -> dict[str, str]:
    """Return the headers of an attempt that is made now, in UTC, signed with each secret."""
    identity, text = attempt.message_id, body.decode()
    signatures = [Webhook(each).sign(identity, now, text) for each in attempt.secrets]
    return {
        "content-type": "application/json",
        "user-agent": USER_AGENT,
        "webhook-id": identity,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
