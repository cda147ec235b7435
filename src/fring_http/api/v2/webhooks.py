"""Webhooks on `/api/v2`: for admins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from litestar import Request, delete, get, patch, post
from litestar.params import FromPath

from fring_core import (
    Page,
    UserFilter,
)
from fring_http.api.answers import Answer, answer
from fring_http.api.cursors import Listing
from fring_http.api.reading.bodies import read_body
from fring_http.api.reading.parameters import Query, read_id
from fring_http.api.reading.preconditions import answered, read_if_match, tagged
from fring_http.api.receipts import fring_of
from fring_http.api.references import created
from fring_http.api.refusals.errors import Fault, Rejected
from fring_http.api.shapes.operations import LOCATION, operation
from fring_http.api.tags import version_tag
from fring_http.api.v2.asked import read_limit
from fring_http.api.v2.deliveries import GONE, MANAGING, NO_PLACE, TAGS, read_place
from fring_http.api.v2.webhook_schemas import (
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
    ]


@get(
    "/webhooks",
    opt=operation(query=("next", "page_limit"), errors=NO_PLACE, **MANAGING),
    tags=TAGS,
    response_description="The webhooks on this page, and where to go on.",
)
async def list_webhooks(request: Call) -> Answer[WebhookPage]:
    """List webhooks.

    They come by ascending id.
    """
    query = Query(request)
    page = Page(limit=read_limit(query), after=read_place(query, _ALL))
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


def _check_target(url: str, *, private: bool) -> None:
    """Raise `Rejected` (422) for a URL that tells that it may not be called."""
    why = refused(url, private=private)
    if why is not None:
        raise Rejected(Fault(["body", "url"], why, "value_error"))
