"""Answers whose body is JSON already, on the shortest way through the framework."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
from litestar import MediaType, Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from litestar import Request

    from fring_http.api.asgi import Application, Event, Reader, Writer

T = TypeVar("T")
_JSON: Final = (b"content-type", b"application/json")
_NOT_MODIFIED: Final = 304


class Answer(Response[T]):
    """Answer with a body of JSON and these headers.

    What an application that Fring's routers are part of gives to all answers, such as a cookie, is
    given to this one. Without such, it is sent as it is: what the framework would do takes as long
    as all that a router does.
    """

    def __init__(
        self, body: bytes | None, headers: Mapping[str, str], status: int | None = None
    ) -> None:
        # As the framework's own leaves it, which looks at each argument for a twentieth of a request.
        self.content: Any = body
        self.headers = dict(headers)
        self.status_code = status
        self.media_type = MediaType.JSON
        self.encoding = "utf-8"
        self.background = None
        self.cookies = []
        self.response_type_encoders = {}

    def to_asgi_response(self, app: None, request: Request[Any, Any, Any], **given: Any) -> Any:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]  # the names are the framework's
        """Return what sends it."""
        status = self.status_code or given["status_code"]
        added = self.cookies or self.background or given["background"] or given["cookies"]
        if added or given["headers"] or status == _NOT_MODIFIED:
            return super().to_asgi_response(app, request, **given)
        body: Any = self.content
        return _sent(status, self.headers, body)


def answer(shown: T, headers: Mapping[str, str] | None = None) -> Answer[T]:
    """Return the answer that shows something."""
    return Answer(msgspec.json.encode(shown), headers or {})


def _sent(status: int, headers: Mapping[str, str], body: bytes) -> Application:
    """Return an application that sends these."""
    start = {
        "type": "http.response.start",
        "status": status,
        "headers": [
            _JSON,
            (b"content-length", b"%d" % len(body)),
            *((name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()),
        ],
    }

    async def send_it(_: Event, __: Reader, send: Writer) -> None:
        await send(start)
        await send({"type": "http.response.body", "body": body})

    return send_it
