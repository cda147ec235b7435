"""Where the numbers are shown: `/metrics`."""

from __future__ import annotations

import asyncio
from hmac import compare_digest
from typing import TYPE_CHECKING, Final

from fring_http.api.door.edge import refusal
from fring_http.api.exchanges import note
from fring_http.api.guards import bearer
from fring_http.server.telling.metrics import CONTENT_TYPE

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from fring_http.api.asgi import Application, Event, Reader, Writer
    from fring_http.server.telling.metrics import Metrics

PATH: Final = "/metrics"
_WAY_IN: Final = (
    "Metrics need the token of FRING_METRICS_TOKEN; FRING_METRICS_PORT shows them on a port of"
    " their own"
)
_READING: Final = ("GET", "HEAD")
_ALLOW: Final = (b"allow", b"GET, HEAD")
_BEARER: Final = (b"www-authenticate", b"Bearer")


def _is_asked(scope: Event) -> bool:
    path: str = scope["path"]
    return path.removesuffix("/") == PATH


def _is_allowed(scope: Event, token: str) -> bool:
    given = [
        value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"
    ]
    return bool(token) and compare_digest(bearer(given).encode(), token.encode())


def with_metrics(
    app: Application | None, metrics: Metrics, *, is_open: bool, token: str = ""
) -> Application:
    """Return an application that shows the numbers at `/metrics`, and else does as `app`.

    Unless it `is_open`, whoever asks has to bring the token; if that is empty, nobody can.
    """

    async def show(scope: Event, receive: Reader, send: Writer) -> None:
        if scope["type"] != "http":
            return
        if not _is_asked(scope):
            await refusal(404, "Not Found")(scope, receive, send)
        elif scope["method"] not in _READING:
            await refusal(405, "Method Not Allowed", _ALLOW)(scope, receive, send)
        elif not (is_open or _is_allowed(scope, token)):
            note(scope, route=PATH)
            await refusal(401, _WAY_IN, _BEARER)(scope, receive, send)
        else:
            note(scope, route=PATH)
            await _show(scope, send)

    async def _show(scope: Event, send: Writer) -> None:
        # It reads the files of all workers: the loop need not wait for that.
        body = await asyncio.to_thread(metrics.page)
        headers = [
            (b"content-type", CONTENT_TYPE.encode()),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send(
            {"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body}
        )

    if app is None:
        return show

    def answer(scope: Event, receive: Reader, send: Writer) -> Awaitable[None]:
        if scope["type"] == "http" and _is_asked(scope):
            return show(scope, receive, send)
        return app(scope, receive, send)

    return answer
