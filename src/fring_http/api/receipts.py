"""Answer a request that comes again as it was answered, by its `Idempotency-Key`.

What a request with a key does, and what it is answered, is stored in one transaction: whoever has
lost the answer asks again, and the work is done once. Refusals are not kept: they changed nothing.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from litestar import Request
from litestar.di import Provide
from litestar.types import Scope  # noqa: TC002  # Litestar reads the types of what it calls
from litestar.utils.scope.state import ScopeState

from fring_core import Fring, InvalidKey, KeyInFlight
from fring_http.api.guards import pass_guards
from fring_http.api.rates.callers import CALLER
from fring_http.api.reading.bodies import read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from litestar.types import ASGIApp, Message, Receive, Send


HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotent-Replayed"
TAKES_KEYS: Final = "takes_keys"  # of an operation
UNIT: Final = "fring.unit"  # in the scope: the Fring that this request works with
WRITING: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
IDEMPOTENCY_SECONDS: Final = 86_400.0
IN_FLIGHT_SECONDS: Final = 1.0
_PAUSE_SECONDS: Final = 0.05
_NAME: Final = HEADER.lower().encode()
_REPLAYED: Final = (REPLAYED.lower().encode(), b"true")

_Kept: TypeAlias = "dict[str, Any]"


class _Refused(Exception):  # noqa: N818  # it is what became of a request
    """Leave a transaction, so that nothing comes of it."""


def unit_of(fring: Fring) -> Provide:
    """Return what gives handlers the Fring that their request works with."""

    def unit(scope: Scope) -> Fring:
        found: Fring = cast("dict[str, Any]", scope).get(UNIT, fring)
        return found

    return Provide(unit, sync_to_thread=False)


def answering_once(fring: Fring, kept_for: float) -> Callable[[ASGIApp], ASGIApp]:
    """Return a middleware of Litestar that answers once for a key, within so many seconds."""
    receipts = _Receipts(fring, kept_for)

    def middleware(app: ASGIApp) -> ASGIApp:  # Litestar would copy an object with its method
        return receipts.around(app)

    return middleware


class _Receipts:
    """Keep the answers of requests that have a key."""

    def __init__(self, fring: Fring, kept_for: float) -> None:
        self._fring = fring
        self._kept_for = timedelta(seconds=kept_for)
        self._working: dict[tuple[str, str], asyncio.Event] = {}

    def around(self, app: ASGIApp) -> ASGIApp:
        """Return an application that answers once for a key."""

        def answer(scope: Scope, receive: Receive, send: Send) -> Any:
            if scope.get("method") in WRITING:
                keys = [value for name, value in scope["headers"] if name == _NAME]
                if keys:
                    return self._answer(app, keys, scope, receive, send)
            return app(scope, receive, send)

        return cast("ASGIApp", answer)

    async def _answer(
        self, app: ASGIApp, keys: list[bytes], scope: Scope, receive: Receive, send: Send
    ) -> None:
        request: Request[Any, Any, Any] = Request(scope, receive, send)
        # Before a body is read, and before the transaction: they may ask the database themselves.
        await pass_guards(request)
        caller = cast("dict[str, Any]", scope).get(CALLER, "")
        answer = _Answer()

        async def work(fring: Fring) -> _Kept:
            answer.clear()
            await app(cast("Scope", scope | {UNIT: fring}), receive, answer.take)
            # It was taken, and not sent: if the transaction fails now, there is another answer.
            ScopeState.from_scope(scope).response_started = False
            return answer.kept()

        try:
            key, asked = _key(keys), _digest(scope, await read_bytes(request))
            kept = await self._once(key, work, caller=caller, request=asked)
        except _Refused:
            await answer.send(send)
        else:
            if answer.messages:
                await answer.send(send)
            else:
                await _Answer.of(kept).send(send, _REPLAYED)

    async def _once(self, key: str, work: Any, *, caller: str, request: str) -> _Kept:
        """Do the work, or wait for whoever does; raise `KeyInFlight` if that takes long."""
        patience = monotonic() + IN_FLIGHT_SECONDS
        working = self._working.get((caller, key))
        if working is not None:  # here, so the database need not be asked again and again
            with suppress(TimeoutError):
                await asyncio.wait_for(working.wait(), IN_FLIGHT_SECONDS)
        ended = self._working.setdefault((caller, key), asyncio.Event())
        try:
            while True:
                try:
                    return await self._fring.once(
                        key, work, caller=caller, request=request, kept_for=self._kept_for
                    )
                except KeyInFlight:
                    if monotonic() > patience:
                        raise
                await asyncio.sleep(_PAUSE_SECONDS)
        finally:
            ended.set()
            self._working.pop((caller, key), None)


class _Answer:
    """Hold an answer back until it is known what became of its transaction."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    @classmethod
    def of(cls, kept: _Kept) -> _Answer:
        """Return the answer that was kept."""
        answer = cls()
        headers = [(name.encode(), value.encode("latin-1")) for name, value in kept["headers"]]
        answer.messages = [
            {"type": "http.response.start", "status": kept["status"], "headers": headers},
            {"type": "http.response.body", "body": kept["body"].encode(), "more_body": False},
        ]
        return answer

    def clear(self) -> None:
        """Forget an answer that nothing came of."""
        self.messages = []

    async def take(self, message: Message) -> None:
        """Hold a message."""
        self.messages.append(message)

    def kept(self) -> _Kept:
        """Return the answer as it is kept; raise `_Refused` if it is none that says it is done."""
        start, *bodies = cast("list[Any]", self.messages)
        if not 200 <= start["status"] < 300:  # noqa: PLR2004
            raise _Refused
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


def _key(given: list[bytes]) -> str:
    """Return a key, quoted or bare; raise `InvalidKey` if there are several."""
    if len(given) > 1:
        raise InvalidKey
    key = given[0].decode("latin-1").strip()
    return key[1:-1] if key[:1] == key[-1:] == '"' and len(key) > 1 else key


def _digest(scope: Scope, body: bytes) -> str:
    """Return what tells a request from any other one."""
    asked = sha256()
    for part in (scope["method"].encode(), scope["path"].encode(), scope["query_string"], body):  # type: ignore[typeddict-item]
        asked.update(b"%d " % len(part))
        asked.update(part)
    return asked.hexdigest()
