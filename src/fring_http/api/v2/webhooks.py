"""Webhooks and their deliveries on `/api/v2`: for admins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from litestar import Request, delete, get, patch, post
from litestar.params import FromPath

from fring_core import (
    Action,
    DeliveryNotFound,
    InvalidCursor,
    Page,
    Place,
    UserFilter,
    WebhookNotFound,
)
from fring_http.api.answers import Answer, answer
from fring_http.api.cursors import Listing
from fring_http.api.reading.bodies import read_body
from fring_http.api.reading.parameters import Query, read_id
from fring_http.api.reading.preconditions import answered, read_if_match, tagged
from fring_http.api.receipts import fring_of
from fring_http.api.references import created
from fring_http.api.refusals.errors import Fault, Rejected
from fring_http.api.shapes.operations import LOCATION, Refusals, operation
from fring_http.api.tags import version_tag
from fring_http.api.v2.asked import read_limit
from fring_http.api.v2.webhook_schemas import (
    Delivery,
    DeliveryPage,
    NewWebhook,
    Webhook,
    WebhookPage,
    WebhookPatch,
    WebhookWithSecret,
)
from fring_http.targets import refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litestar.handlers import HTTPRouteHandler

Call: TypeAlias = Request[Any, Any, Any]

GONE: Final[Refusals] = {404: {WebhookNotFound: "Webhook {webhook_id} not found"}}
NO_DELIVERY: Final[Refusals] = {404: {DeliveryNotFound: "Delivery {delivery_id} not found"}}
NO_PLACE: Final[Refusals] = {
    400: {InvalidCursor: "This is no cursor of this list; begin without one"}
}
MANAGING: Final[dict[str, Any]] = {"action": Action.MANAGE_WEBHOOKS}
TAGS: Final = ["webhooks"]
_ALL: Final = Listing("webhooks", UserFilter())


def webhook_handlers(*, private: bool) -> Sequence[HTTPRouteHandler]:
    """Return the handlers; `private` tells whether addresses that are not public may be called."""

    @post(
        "/webhooks",
        opt=operation(body=NewWebhook, tagged=True, **MANAGING),
        tags=TAGS,
        response_description="The webhook, and its secret, which is not told again.",
        response_headers=[LOCATION],
    )
    async def create_webhook(request: Call) -> Answer[WebhookWithSecret]:
        """Create a webhook.

        It is told of what happens on the board, and to users, from now on.
        """
        body = await read_body(request, NewWebhook)
        new = body.to_core()
        _check_target(body.url, private=private)
        made = await fring_of(request).webhooks.create(new)
        shown = WebhookWithSecret.of_both(made)
        return created(request, shown, version_tag(made.webhook.version))

    @patch(
        "/webhooks/{webhook_id:str}",
        opt=operation(body=WebhookPatch, errors=GONE, tagged=True, merges=True, **MANAGING),
        tags=TAGS,
        response_description="The webhook as it is now.",
    )
    async def change_webhook(request: Call, webhook_id: FromPath[str]) -> Answer[Webhook]:
        """Change a webhook, pause it or enable it.

        One that is enabled again is told of what happens from now on, and of what it was to be
        told when it was disabled.
        """
        number, expected = read_id("webhook_id", webhook_id), read_if_match(request)
        body = await read_body(request, WebhookPatch)
        changes = body.to_core()
        if isinstance(body.url, str):
            _check_target(body.url, private=private)
        changed = await expected.met(
            lambda version: fring_of(request).webhooks.update(number, changes, version=version)
        )
        return tagged(Webhook.of(changed), changed)

    return [
        create_webhook,
        list_webhooks,
        get_webhook,
        change_webhook,
        delete_webhook,
        rotate_secret,
        test_webhook,
        list_deliveries,
        redeliver,
    ]


@get(
    "/webhooks",
    opt=operation(query=("next", "feed_limit"), errors=NO_PLACE, **MANAGING),
    tags=TAGS,
    response_description="The webhooks on this page, and where to go on.",
)
async def list_webhooks(request: Call) -> Answer[WebhookPage]:
    """List webhooks.

    They come by ascending id.
    """
    query = Query(request)
    page = Page(limit=read_limit(query), after=_place(query, _ALL))
    found = await fring_of(request).webhooks.list(page)
    return answer(WebhookPage([*map(Webhook.of, found)], _ALL.next_cursor(found)))


@get(
    "/webhooks/{webhook_id:str}",
    opt=operation(errors=GONE, tagged=True, **MANAGING),
    tags=TAGS,
    response_description="The webhook.",
)
async def get_webhook(request: Call, webhook_id: FromPath[str]) -> Answer[Webhook]:
    """Get a webhook."""
    found = await fring_of(request).webhooks.get(read_id("webhook_id", webhook_id))
    return answered(request, Webhook.of(found), found)


@delete(
    "/webhooks/{webhook_id:str}",
    opt=operation(errors=GONE, tagged=True, **MANAGING),
    tags=TAGS,
    response_description="The webhook is gone.",
)
async def delete_webhook(request: Call, webhook_id: FromPath[str]) -> None:
    """Delete a webhook.

    Its deliveries go with it.
    """
    number, expected = read_id("webhook_id", webhook_id), read_if_match(request)
    await expected.met(lambda version: fring_of(request).webhooks.delete(number, version=version))


@post(
    "/webhooks/{webhook_id:str}/rotate",
    status_code=200,
    opt=operation(errors=GONE, **MANAGING),
    tags=TAGS,
    response_description="The webhook, and its new secret, which is not told again.",
)
async def rotate_secret(request: Call, webhook_id: FromPath[str]) -> Answer[WebhookWithSecret]:
    """Give a webhook a new secret.

    The one before signs beside it for 24 hours.
    """
    made = await fring_of(request).webhooks.rotate(read_id("webhook_id", webhook_id))
    return tagged(WebhookWithSecret.of_both(made), made.webhook)


@post(
    "/webhooks/{webhook_id:str}/test",
    status_code=200,
    opt=operation(errors=GONE, **MANAGING),
    tags=TAGS,
    response_description="What it is sent.",
)
async def test_webhook(request: Call, webhook_id: FromPath[str]) -> Answer[Delivery]:
    """Send a webhook a message of the type `webhook.test`."""
    sent = await fring_of(request).webhooks.test(read_id("webhook_id", webhook_id))
    return answer(Delivery.of(sent))


@get(
    "/webhooks/{webhook_id:str}/deliveries",
    opt=operation(query=("next", "feed_limit"), errors={**GONE, **NO_PLACE}, **MANAGING),
    tags=TAGS,
    response_description="What it was told or is to be told, and where to go on.",
)
async def list_deliveries(request: Call, webhook_id: FromPath[str]) -> Answer[DeliveryPage]:
    """List what a webhook was told, or is to be told.

    The newest comes first.
    """
    query, number = Query(request), read_id("webhook_id", webhook_id)
    listing = Listing(f"webhooks/{number}/deliveries", UserFilter())
    limit, place = read_limit(query), _place(query, listing)
    found = await fring_of(request).webhooks.deliveries(
        number, limit=limit, before_id=None if place is None else place.id
    )
    return answer(DeliveryPage([*map(Delivery.of, found)], listing.next_cursor(found)))


@post(
    "/deliveries/{delivery_id:str}/redeliver",
    status_code=200,
    opt=operation(errors=NO_DELIVERY, **MANAGING),
    tags=TAGS,
    response_description="The delivery, as if it were new.",
)
async def redeliver(request: Call, delivery_id: FromPath[str]) -> Answer[Delivery]:
    """Send a message again, under the same id."""
    begun = await fring_of(request).webhooks.redeliver(read_id("delivery_id", delivery_id))
    return answer(Delivery.of(begun))


def _check_target(url: str, *, private: bool) -> None:
    """Raise `Rejected` (422) for a URL that tells that it may not be called."""
    why = refused(url, private=private)
    if why is not None:
        raise Rejected(Fault(["body", "url"], why, "value_error"))


def _place(query: Query, listing: Listing) -> Place | None:
    cursor = query.text("after")
    if cursor is None:
        return None
    try:
        return listing.place(cursor)
    except ValueError:
        raise InvalidCursor from None
