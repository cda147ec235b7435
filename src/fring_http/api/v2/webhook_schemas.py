"""What `/api/v2` shows and takes of webhooks and deliveries, field by field."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final, Self, TypeAlias

import msgspec
from msgspec import UNSET, Struct, UnsetType

import fring_core as core
from fring_core import DeliveryState
from fring_core.patterns import PATTERNS
from fring_http.api.shapes.json_schema import Body, Id, Moment, sample
from fring_http.api.v2.schemas import Event

_Pattern: TypeAlias = Annotated[str, msgspec.Meta(extra_json_schema={"enum": [*PATTERNS]})]
_SOME: Final = msgspec.Meta(extra_json_schema={"minItems": 1})
_URL: Final = msgspec.Meta(
    extra_json_schema={"format": "uri", "maxLength": 2000, "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://"},
    examples=["https://app.example/hook"],
)
_TEXT: Final = msgspec.Meta(extra_json_schema={"maxLength": 1000, "pattern": r"^[^\x00]*$"})


class Webhook(Struct, kw_only=True):
    """Show a webhook.

    `disabled_at` is since when it is told nothing, null if it is told; `disabled_why` is `gone` (it
    said so), `failing` (for five days) or `paused` (by hand).
    """

    id: Id
    url: Annotated[str, _URL]
    types: Annotated[list[str], sample(["task.*"])]
    description: str
    created_at: Moment
    disabled_at: Moment | None
    disabled_why: Annotated[str, sample("paused")] | None
    version: Id

    @classmethod
    def of(cls, webhook: core.Webhook, **more: Any) -> Self:
        """Return what is shown of a webhook, and `more` fields that a subclass has."""
        return cls(
            id=webhook.id,
            url=webhook.url,
            types=[*webhook.types],
            description=webhook.description,
            created_at=webhook.created_at,
            disabled_at=webhook.disabled_at,
            disabled_why=webhook.disabled_why,
            version=webhook.version,
            **more,
        )


class WebhookWithSecret(Webhook, kw_only=True):
    """Show a webhook, and the secret that signs its messages from now on: this once."""

    secret: Annotated[str, sample("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]

    @classmethod
    def of_both(cls, made: core.WebhookWithSecret) -> Self:
        """Return what is shown of a webhook and its secret."""
        return cls.of(made.webhook, secret=made.secret)


class NewWebhook(Body):
    """Take a webhook to create."""

    examples: ClassVar = {
        "All of tasks": {"url": "https://app.example/hook", "types": ["task.*"]},
        "Everything": {"url": "https://app.example/all", "description": "The archive"},
    }

    url: Annotated[str, _URL]
    types: Annotated[list[_Pattern], _SOME] | UnsetType = UNSET
    description: Annotated[str, _TEXT] = ""

    def to_core(self) -> core.NewWebhook:
        """Return the webhook to create; raise `InvalidInput`."""
        if self.types is UNSET:
            return core.NewWebhook(self.url, description=self.description)
        return core.NewWebhook(self.url, self.types, self.description)


class WebhookPatch(Body):
    """Take what to change of a webhook (RFC 7396): what is absent stays.

    `paused` true disables it, false enables it, whatever it was disabled by.
    """

    examples: ClassVar = {
        "Enable it": {"paused": False},
        "Another address": {"url": "https://app.example/other"},
    }

    url: Annotated[str, _URL] | UnsetType = UNSET
    types: Annotated[list[_Pattern], _SOME] | UnsetType = UNSET
    description: Annotated[str, _TEXT] | UnsetType = UNSET
    paused: bool | UnsetType = UNSET

    def to_core(self) -> core.WebhookChanges:
        """Return the changes; raise `InvalidInput`."""
        given = msgspec.structs.asdict(self).items()
        return core.WebhookChanges(**{name: value for name, value in given if value is not UNSET})


class WebhookPage(Struct):
    """Show webhooks, by ascending id, and where to go on, if others follow."""

    items: list[Webhook]
    next: Annotated[str, sample("k8QGm4VFrQHA")] | None


class Delivery(Struct, kw_only=True):
    """Show a message to a webhook, and what came of its last attempt.

    `event` is what it tells, null for a test. `next_at` is when the next attempt is due, null when
    there is none. `status` is that of the answer, null if there was none, and then `error` says why.
    """

    id: Id
    webhook_id: Id
    message_id: Annotated[str, sample("msg_5f1d20aa-57")]
    type: Annotated[str, sample("task.updated")]
    event: Event | None
    state: DeliveryState
    attempts: Annotated[int, sample(1)]
    next_at: Moment | None
    status: Annotated[int, sample(503)] | None
    error: str | None
    seconds: float | None
    created_at: Moment

    @classmethod
    def of(cls, delivery: core.Delivery) -> Self:
        """Return what is shown of a delivery."""
        return cls(
            id=delivery.id,
            webhook_id=delivery.webhook_id,
            message_id=delivery.message_id,
            type=delivery.type,
            event=None if delivery.event is None else Event.of(delivery.event),
            state=delivery.state,
            attempts=delivery.attempts,
            next_at=delivery.next_at,
            status=delivery.status,
            error=delivery.error,
            seconds=delivery.seconds,
            created_at=delivery.created_at,
        )


class DeliveryPage(Struct):
    """Show deliveries, the newest first, and where to go on, if others follow."""

    items: list[Delivery]
    next: Annotated[str, sample("k8QGm4VFrQHA")] | None
