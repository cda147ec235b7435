"""Let an answer reach a client that is still sending its body.

A server that hangs up with bytes unread resets the connection, and the answer is lost on its way.
So what nobody wants to read is read before the answer has ended, and thrown away.
"""

from __future__ import annotations

import asyncio
from math import inf
from time import perf_counter
from typing import TYPE_CHECKING, Final

from fring_http.api.exchanges import note
from fring_http.api.reading.bodies import BODY_SECONDS, announces_body

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from fring_http.api.asgi import Application, Event, Reader, Writer

MOST_BYTES: Final = 2**24
_REFUSED: Final = 400


def lingering(app: Application) -> Application:
    """Return an application that reads the bodies which `app` answers without reading.

    It reads 16 MiB at most, until 10 s after the request began. If there is more, or if the client
    waits for leave to send its body (`Expect: 100-continue`), which it is not given, the answer
    says that the connection ends.
    """

    def answer(scope: Event, receive: Reader, send: Writer) -> Awaitable[None]:
        if scope["type"] == "http" and announces_body(scope["headers"]):
            body = _Body(scope, receive, send, may_come=b"expect" not in dict(scope["headers"]))
            return app(scope, body.read, body.answer)
        return app(scope, receive, send)

    return answer


class _Body:
    """Hold the body of one request."""

    def __init__(self, scope: Event, receive: Reader, send: Writer, *, may_come: bool) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._deadline = asyncio.get_running_loop().time() + BODY_SECONDS
        self._may_come = may_come
        self._is_read = self._is_refused = False

    async def read(self) -> Event:
        """Return the next message of the client, which it may send now."""
        self._may_come = True
        note(self._scope, works_since=inf)
        message = await self._receive()
        note(self._scope, works_since=perf_counter())
        self._is_read = not message.get("more_body", False)
        return message

    async def answer(self, message: Event) -> None:
        """Send a message of the answer, after the rest of the body was read if it is time to.

        A refusal reads it before its first message, anything else before its last one: it may be
        an answer that reads as it goes.
        """
        starts = message["type"] == "http.response.start"
        if starts:
            self._is_refused = message["status"] >= _REFUSED
        is_time = starts if self._is_refused else not (starts or message.get("more_body"))
        if is_time and self._may_come and not self._is_read:
            await self._read_rest()
        ends = starts and (self._is_refused or not self._may_come)
        if ends and not self._is_read:
            message["headers"] = [*message["headers"], (b"connection", b"close")]
        await self._send(message)

    async def _read_rest(self) -> None:
        left = MOST_BYTES
        try:
            async with asyncio.timeout_at(self._deadline):
                while left > 0 and not self._is_read:
                    message = await self.read()
                    left -= len(message.get("body", b""))
        except TimeoutError:
            pass
