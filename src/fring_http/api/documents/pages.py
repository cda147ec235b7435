"""Serve what describes the API: the OpenAPI document, and the pages that show it.

They load our own copies of Swagger UI and Redoc (assets/README.md) and nothing else: their
Content-Security-Policy makes the browser itself refuse every other host. What they load is named
relative to the page, which a proxy may have put below a path.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

import msgspec
from litestar import Controller, Litestar, Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.openapi import OpenAPIConfig
from litestar.params import FromPath

from fring_http.api.documents.openapi import document
from fring_http.api.references import root

ASSETS: Final = {
    "docs.js": "text/javascript",
    "favicon.svg": "image/svg+xml",
    "redoc.css": "text/css",
    "redoc.standalone.js": "text/javascript",
    "start.css": "text/css",
    "start.js": "text/javascript",
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
}
"""What may be fetched under /assets, with its media type; any other name is not found."""

SAME_HOST: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "script-src 'self'; "
    "connect-src 'self'; "  # the OpenAPI document, and requests that a reader tries out
    "img-src 'self' data:; "  # both carry their icons with them
)
SWAGGER_UI_POLICY: Final = SAME_HOST + "style-src 'self'"
# Redoc makes two style elements: one is empty, and gets its rules by script; the other is that of its
# scroll bars. It searches in a worker made from a text.
REDOC_POLICY: Final = SAME_HOST + (
    "style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' "
    "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='; "
    "worker-src blob:"
)
START_POLICY: Final = SAME_HOST + "style-src 'self'"


class Documentation(Controller):
    """Answer /openapi.json, /docs (Swagger UI), /redoc (Redoc) and /assets."""

    path = ""
    include_in_schema = False

    @get("/openapi.json", sync_to_thread=False)
    def openapi(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        """Return the OpenAPI document as JSON."""
        return Response(_document(request.app), media_type="application/json")

    @get("/docs", sync_to_thread=False)
    def docs(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Return the page on which the API can be tried out."""
        return page(request, "docs.html", SWAGGER_UI_POLICY)

    @get("/redoc", sync_to_thread=False)
    def redoc(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Return the page on which the API can be read."""
        return page(request, "redoc.html", REDOC_POLICY)

    @get("/assets/{name:str}", sync_to_thread=False)
    def asset(self, name: FromPath[str]) -> Response[bytes]:
        """Return a file that the pages load; raise NotFoundException for any other name."""
        media_type = ASSETS.get(name)
        if media_type is None:
            raise NotFoundException
        headers = {"Cache-Control": "public, max-age=86400"}
        return Response(_read(name), media_type=media_type, headers=headers)


def with_documentation(config: OpenAPIConfig) -> OpenAPIConfig:
    """Return `config`, changed so that Litestar serves `Documentation` and no pages of its own.

    Litestar's pages load from a CDN, and the router that serves them also answers every unknown
    path below its own with an HTML page, so it cannot stand at `/`; only a controller takes its
    place.
    """
    # Set here, for __init__ warns that the field will go with Litestar 3 (pyproject.toml keeps us
    # on 2). All that Litestar does with it is to register it, so any Controller
    # serves.
    config.openapi_controller = Documentation  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    return config


def _document(app: Litestar) -> bytes:
    """Return the OpenAPI document, encoded at the first call and kept with its application."""
    encoded: bytes | None = app.state.get("openapi_json")
    if encoded is None:
        encoded = msgspec.json.encode(document(app))
        app.state["openapi_json"] = encoded
    return encoded


def page(
    request: Request[Any, Any, Any],
    name: str,
    policy: str,
    headers: Mapping[str, str] | None = None,
    words: Mapping[str, str] = MappingProxyType({}),
) -> Response[Any]:
    """Return an HTML page of ours, with these words in it, which are HTML.

    `{root}` becomes where the root is seen from there.
    """
    html = _read(name)
    for word, text in {**words, "root": root(request)}.items():
        html = html.replace(b"{%s}" % word.encode(), text.encode())
    said = {"Cache-Control": "no-cache", "Content-Security-Policy": policy, **(headers or {})}
    return Response(html, media_type="text/html", headers=said)


@cache
def _read(name: str) -> bytes:
    return (files("fring_http") / "assets" / name).read_bytes()
