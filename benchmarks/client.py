"""A client that costs little: one connection, kept open, and one request at a time."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any, Final, Self

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_END: Final = b"\r\n\r\n"


def request(method: str, path: str, body: Any = None, token: str = "") -> bytes:
    """Return the bytes of a request; a body is sent as JSON."""
    content = b"" if body is None else json.dumps(body).encode()
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(content)}\r\n"
    if content:
        head += "Content-Type: application/json\r\n"
    if token:
        head += f"Authorization: Bearer {token}\r\n"
    return f"{head}\r\n".encode() + content


class Client(asyncio.Protocol):
    """Hold a connection to a server on this machine."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._received = b""
        self._waiting: asyncio.Future[tuple[int, bytes]] | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_connection(lambda: self, "127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._transport.close()

    def ask(self, raw: bytes) -> asyncio.Future[tuple[int, bytes]]:
        """Send the bytes of a request; return what will be the status and body of its answer."""
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(raw)
        return self._waiting

    async def send(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        """Send a request, return the JSON that answers it; raise `RuntimeError` if it failed."""
        status, answer = await self.ask(request(method, path, body, token))
        if not is_success(status):
            raise RuntimeError(f"{method} {path}: {status} {answer.decode()}")
        return json.loads(answer) if answer else None

    def data_received(self, data: bytes) -> None:
        """Take what comes, until the answer is whole."""
        self._received += data
        head, found, body = self._received.partition(_END)
        if not found:
            return
        length = _LENGTH.search(head)
        if len(body) >= (int(length[1]) if length else 0):
            self._received = b""
            if self._waiting and not self._waiting.done():
                self._waiting.set_result((int(head[9:12]), body))

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail the request that waits, if there is one."""
        if self._waiting and not self._waiting.done():
            self._waiting.set_exception(exc or ConnectionError("the server closed the connection"))


def is_success(status: int) -> bool:
    """Tell whether a status is one of 200 to 299."""
    return status // 100 == 2  # noqa: PLR2004  # these are the statuses
