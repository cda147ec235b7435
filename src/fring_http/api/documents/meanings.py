"""What each code of an error means, and what to do about it: the pages that problems link to."""

from __future__ import annotations

from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath  # noqa: TC002  # Litestar reads the types

from fring_http.api.documents.pages import START_POLICY, page

if TYPE_CHECKING:
    from collections.abc import Mapping

# In a sentence each: what it means, and the way out.
MEANINGS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "already_assigned": ("The user has this task already.", "Nothing is to be done."),
        "cursor_expired": (
            "What follows the cursor is not kept any more, or the database was restored since.",
            "Begin without a cursor, and take what is there now for the truth.",
        ),
        "delivery_not_found": (
            "No delivery has this id.",
            "It may have been removed with its webhook, or when it was old.",
        ),
        "email_taken": ("Another user has this e-mail address.", "Choose another one."),
        "forbidden": (
            "You are known, and may not do this.",
            "Ask somebody whose role allows it; a page of another origin has to be in CORS_ORIGINS.",
        ),
        "id_taken": (
            "The id that was chosen is in use.",
            "Leave it out, and the server takes one.",
        ),
        "idempotency_in_flight": (
            "The request with this key is still being worked on.",
            "Send it again after Retry-After; the answer will be that of the first one.",
        ),
        "idempotency_key_reused": (
            "The key was used for another request.",
            "Give each request a key of its own, and the same one only when it is sent again.",
        ),
        "internal": (
            "The server made a mistake.",
            "Tell whoever runs it, with the request's id; the log says more.",
        ),
        "invalid_cursor": ("This is no cursor of this list.", "Begin without one."),
        "invalid_idempotency_key": (
            "The key is none.",
            "A key is 1 to 255 printable ASCII characters, and there is one of it.",
        ),
        "invalid_status": ("No status has this name.", "The answer names those that there are."),
        "method_not_allowed": (
            "The path does not take this method.",
            "Allow names those it takes.",
        ),
        "misdirected_request": (
            "The server does not answer to this host.",
            "FRING_ALLOWED_HOSTS names those that it answers to.",
        ),
        "not_assigned": ("The user does not have this task.", "Nothing is to be done."),
        "not_found": ("There is nothing at this address.", "/docs shows what there is."),
        "not_yet": (
            "The write that was waited for has not come to the feed in time.",
            "Ask again; a transaction that is open for long holds up what came after it.",
        ),
        "precondition_failed": (
            "It has been changed since: its version is not one that If-Match names.",
            "Read it again, and decide anew; ETag has its version.",
        ),
        "precondition_required": (
            "This server changes nothing without If-Match.",
            "Send the ETag that was seen, or * for whatever there is.",
        ),
        "request_timeout": ("The body took too long to arrive.", "Send it again."),
        "task_not_found": (
            "No task that you can see has this id.",
            "It may have been removed, or be on somebody's own list.",
        ),
        "too_large": ("The body is larger than this takes.", "Send less at once."),
        "too_many_requests": ("You have asked too often.", "Wait as long as Retry-After says."),
        "transition_refused": (
            "The workflow does not allow this change of status.",
            "The answer names both; go by one that is allowed from there.",
        ),
        "unauthenticated": (
            "There is no token, or it proves nothing any more.",
            "Send Authorization: Bearer and a token that is valid.",
        ),
        "unavailable": (
            "The server cannot reach its database, or has too much to do.",
            "Try again after Retry-After; with an Idempotency-Key that is safe for writes too.",
        ),
        "unknown_field": (
            "The body names what is not known.",
            "The answer names the nearest that is; nothing was changed.",
        ),
        "unknown_parameter": (
            "The query names what is not known.",
            "The answer names the nearest that is; nothing was done.",
        ),
        "unsupported_media_type": (
            "The body is not of a kind that is read here.",
            "Send plain JSON, with Content-Type: application/json.",
        ),
        "user_not_found": ("No user has this id.", "It may have been removed."),
        "username_taken": ("Another user has this username.", "Choose another one."),
        "validation": (
            "The input is not valid.",
            "errors names each fault, and where it is; nothing was changed.",
        ),
        "webhook_not_found": ("No webhook has this id.", "It may have been removed."),
    }
)


@get("/problems/{code:str}", include_in_schema=False)
async def meaning(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Tell what a code means, on a page for people."""
    if code not in MEANINGS:
        raise NotFoundException
    what, way_out = MEANINGS[code]
    words = {"code": code, "what": what, "way_out": way_out}
    shown = {name: escape(text) for name, text in words.items()}
    return page(request, "problem.html", START_POLICY, words=shown)
