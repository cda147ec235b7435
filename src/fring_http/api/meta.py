"""What this is, and where it is described."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, Response, get
from litestar.datastructures import ResponseHeader
from msgspec import Struct

from fring_http.api.documents.pages import START_POLICY, page
from fring_http.api.health import OPEN
from fring_http.api.reading.media_types import asks_for_html
from fring_http.api.references import reference
from fring_http.version import VERSION

LINKS: Final = ResponseHeader(
    name="Link",
    description="Where the API is described: `service-doc` for people, `service-desc` for programs.",
    required=True,
    documentation_only=True,
)


class Endpoints(Struct, frozen=True):
    """Name where users and tasks are."""

    users: str = "/api/v1/users"
    tasks: str = "/api/v1/tasks"


class Metadata(Struct):
    """Tell what this API is."""

    name: str = "Fring API"
    version: str = VERSION
    endpoints: Endpoints = Endpoints()


@get(
    ["/", "/api/v1"],
    opt=OPEN,
    tags=["health"],
    response_description="Its name and version, and where users and tasks are.",
    response_headers=[LINKS],
)
async def metadata(request: Request[Any, Any, Any]) -> Response[Metadata]:
    """Ask what this is.

    At `/`, those who ask for `text/html` by name, as browsers do, get a page.
    """
    links = ", ".join(
        f'<{reference(request, path)}>; rel="{relation}"; type="{media_type}"'
        for path, relation, media_type in (
            ("/docs", "service-doc", "text/html"),
            ("/openapi.json", "service-desc", "application/json"),
        )
    )
    if request.scope["path"] != "/":
        return Response(Metadata(), headers={"Link": links})
    headers = {"Link": links, "Vary": "Accept"}
    if asks_for_html(request.headers.getall("accept", [])):
        return page(request, "start.html", START_POLICY, headers)
    return Response(Metadata(), headers=headers)
