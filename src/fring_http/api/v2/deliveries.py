"""What webhooks are told, on `/api/v2`: for admins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from litestar import Request, get, post
from litestar.params import FromPath

from fring_core import Action, DeliveryNotFound, InvalidCursor, UserFilter, WebhookNotFound
from fring_http.api.answers import Answer, answer
from fring_http.api.cursors import Listing
from fring_http.api.reading.parameters import Query, read_id
from fring_http.api.receipts import fring_of
from fring_http.api.shapes.operations import Refusals, operation
from fring_http.api.v2.asked import read_limit
from fring_http.api.v2.webhook_schemas import Delivery, DeliveryPage

if TYPE_CHECKING:
    from fring_core import Place

Call: TypeAlias = Request[Any, Any, Any]

GONE: Final[Refusals] = {404: {WebhookNotFound: "Webhook {webhook_id} not found"}}
NO_DELIVERY: Final[Refusals] = {404: {DeliveryNotFound: "Delivery {delivery_id} not found"}}
NO_PLACE: Final[Refusals] = {
    400: {InvalidCursor: "This is no cursor of this list; begin without one"}
}
MANAGING: Final[dict[str, Any]] = {"action": Action.MANAGE_WEBHOOKS}
TAGS: Final = ["webhooks"]


def read_place(query: Query, listing: Listing) -> Place | None:
    """Return what `?after=` names, None if it is absent; raise `InvalidCursor`."""
    cursor = query.text("after")
    if cursor is None:
        return None
    try:
        return listing.place(cursor)
    except ValueError:
        raise InvalidCursor from None


@get(
    "/webhooks/{webhook_id:str}/deliveries",
    opt=operation(query=("next", "page_limit"), errors={**GONE, **NO_PLACE}, **MANAGING),
    tags=TAGS,
    response_description="What it was told or is to be told, and where to go on.",
)
async def list_deliveries(request: Call, webhook_id: FromPath[str]) -> Answer[DeliveryPage]:
    """List what a webhook was told, or is to be told.

    The newest comes first.
    """
    query, number = Query(request), read_id("webhook_id", webhook_id)
    listing = Listing(f"webhooks/{number}/deliveries", UserFilter())
    limit, place = read_limit(query), read_place(query, listing)
    found = await fring_of(request).webhooks.deliveries(
        number, limit=limit, before_id=None if place is None else place.id
    )
    return answer(DeliveryPage([*map(Delivery.of, found)], listing.next_cursor(found)))


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


HANDLERS: Final = (list_deliveries, test_webhook, redeliver)
