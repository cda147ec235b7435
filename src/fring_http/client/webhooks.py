"""What a receiver of webhooks needs: to tell what is genuine.

event = verify(body, request.headers, secret)["data"]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import attrs
from standardwebhooks import Webhook, WebhookVerificationError

from fring_core import FringError

if TYPE_CHECKING:
    from collections.abc import Mapping


@attrs.define
class NotGenuine(FringError):  # noqa: N818  # named for what is wrong
    """Report a message that is not of who has the secret, was changed, or is not of now."""

    code: ClassVar[str] = "not_genuine"
    reason: str

    def __str__(self) -> str:
        return self.reason


def verify(body: bytes, headers: Mapping[str, str], secret: str) -> dict[str, Any]:
    """Return what a message holds: `type`, `timestamp`, and the event as `data`.

    `body` is what came, byte for byte; `headers` may be in any case; `secret` is the webhook's
    `whsec_…`. Raise `NotGenuine` for a message that this secret has not signed, and for one whose
    `webhook-timestamp` is more than five minutes from now; answer those with 400 or the like.
    Raise `ValueError` for a secret that is none. A message may come more than once: its
    `webhook-id` is the same then.
    """
    if not secret.removeprefix("whsec_"):
        raise ValueError("The secret of a webhook is empty")
    try:
        webhook = Webhook(secret)
    except ValueError:
        raise ValueError(
            "The secret of a webhook looks like whsec_…, and this one does not"
        ) from None
    try:
        message = webhook.verify(body, dict(headers.items()))
    except WebhookVerificationError as error:
        raise NotGenuine(str(error)) from None
    except ValueError:  # a header or a body that cannot be read
        raise NotGenuine("The message cannot be read") from None
    if not isinstance(message, dict):
        raise NotGenuine("The message is no JSON object")
    return message
