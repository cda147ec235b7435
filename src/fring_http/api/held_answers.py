"""An answer that is held back until it is known what became of its transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, cast

if TYPE_CHECKING:
    from litestar.types import Message, Send

Kept: TypeAlias = "dict[str, Any]"


class Refused(Exception):  # noqa: N818  # it is what became of a request
    """Leave a transaction, so that nothing comes of it."""


class HeldAnswer:
    """Hold an answer back until it is known what became of its transaction."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    @classmethod
    def of(cls, kept: Kept) -> HeldAnswer:
        """Return the answer that was kept."""
        answer = cls()
        headers = [(name.encode(), value.encode("latin-1")) for name, value in kept["headers"]]
        answer.messages = [
            {"type": "http.response.start", "status": kept["status"], "headers": headers},
            {"type": "http.response.body", "body": kept["body"].encode(), "more_body": False},
        ]
        return answer

    async def take(self, message: Message) -> None:
        """Hold a message."""
        self.messages.append(message)

    def kept(self) -> Kept:
        """Return the answer as it is kept; raise `Refused` if it is none that says it is done."""
        start, *bodies = cast("list[Any]", self.messages)
        if not 200 <= start["status"] < 300:  # noqa: PLR2004
            raise Refused
        return {
            "status": start["status"],
            "headers": [
                (name.decode(), value.decode("latin-1")) for name, value in start["headers"]
            ],
            "body": b"".join(each.get("body", b"") for each in bodies).decode(),
        }

    async def send(self, send: Send, *more: tuple[bytes, bytes]) -> None:
        """Send it, with these headers as well."""
        start, *bodies = cast("list[Any]", self.messages)
        await send(start | {"headers": [*start["headers"], *more]})
        for body in bodies:
            await send(body)
