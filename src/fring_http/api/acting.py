"""Who acts in a request, and where in the feed of events its write is."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from litestar.types import Scope  # noqa: TC002  # Litestar reads the types of what it calls

from fring_core import Accounts, Fring
from fring_core.receipts import CALLER as CALLER_RULE
from fring_http.api.exchanges import EXCHANGE
from fring_http.api.rates.callers import CALLER

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

    from litestar.types import ASGIApp, Receive, Send

A = TypeVar("A", Fring, Accounts)
POSITION: Final = "Fring-Position"
PLACE: Final = "fring.position"  # in the scope
_NAME: Final = POSITION.lower().encode()


class Position:
    """Note where the events of a request are, and tell the last place in the answer's headers."""

    def __init__(self) -> None:
        self._cursor: str | None = None

    def note(self, cursor: str) -> None:
        """Note where an event is."""
        self._cursor = cursor

    def on(self, send: Any) -> Any:
        """Return what sends an answer that tells it, if anything was recorded."""

        def send_with_position(message: Any) -> Awaitable[None]:
            if self._cursor is not None and message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (_NAME, self._cursor.encode())]
            sent: Awaitable[None] = send(message)
            return sent

        return send_with_position


def positioning(app: ASGIApp) -> ASGIApp:
    """Be a middleware of Litestar that has answers tell where in the feed their writes are."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        position = Position()
        cast("dict[str, Any]", scope)[PLACE] = position
        await app(scope, receive, position.on(send))

    return cast("ASGIApp", answer)


def acting(one: A, scope: Mapping[str, Any], position: Position) -> A:
    """Return a Fring, or accounts, for what the caller of a request does."""
    exchange = scope.get(EXCHANGE)
    return one.acting_as(
        name_of(scope) or None,
        request_id=exchange.id if exchange else None,
        on_record=position.note,
    )


def name_of(scope: Mapping[str, Any]) -> str:
    """Return a caller's name as it may be kept, a digest of one that may not; empty if none is known."""
    caller: str = scope.get(CALLER, "")
    if CALLER_RULE.problem("caller", caller) is None:
        return caller
    return sha256(caller.encode(errors="surrogatepass")).hexdigest()
