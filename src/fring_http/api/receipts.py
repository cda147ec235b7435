"""Answer a request that comes again as it was answered, by its `Idempotency-Key`.

What a request with a key does, and what it is answered, is stored in one transaction: whoever has
lost the answer asks again, and the work is done once. Refusals are not kept: they changed nothing.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from secrets import token_hex
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, cast

from litestar import Request
from litestar.types import Empty, Scope  # Litestar reads the types of what it calls
from litestar.utils.scope.state import ScopeState

from fring_core import Fring, InvalidKey, KeyInFlight
from fring_http.api.acting import Position, acting, name_of
from fring_http.api.exchanges import note
from fring_http.api.held_answers import HeldAnswer, Kept, Refused
from fring_http.api.reading.bodies import read_bytes
from fring_http.api.refusals.errors import CONFLICT

if TYPE_CHECKING:
    from collections.abc import Callable

    from litestar.types import ASGIApp, Receive, Send


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


def fring_of(request: Request[Any, Any, Any]) -> Fring:
    """Return the Fring that a request works with: the router's, or that of its transaction."""
    found: Fring = cast("dict[str, Any]", request.scope)[UNIT]
    return found


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
            known = cast("dict[str, Any]", scope)
            if scope.get("method") not in WRITING:
                known[UNIT] = self._fring
                return app(scope, receive, send)
            position = Position()
            known[UNIT] = acting(self._fring, known, position)
            keys = [value for name, value in scope["headers"] if name == _NAME]
            if keys:
                return self._answer(_telling(app, position), keys, scope, receive, send)
            return app(scope, receive, position.on(send))

        return cast("ASGIApp", answer)

    async def _answer(
        self, app: ASGIApp, keys: list[bytes], scope: Scope, receive: Receive, send: Send
    ) -> None:
        request: Request[Any, Any, Any] = Request(scope, receive, send)
        # Those of an application that the router is part of: who may not ask learns of no answer.
        await request.route_handler.authorize_connection(request)
        known = cast("dict[str, Any]", scope)
        caller, fring = name_of(known), known[UNIT]
        held, latest = HeldAnswer(), ""

        async def work(fring: Fring) -> Kept:
            nonlocal held, latest
            held, latest = HeldAnswer(), token_hex(8)
            inner = _inner(scope, fring)
            ScopeState.from_scope(scope).headers = Empty  # to be read from there
            await app(cast("Scope", inner), receive, held.take)
            # It was held, and not sent: if the transaction fails now, there is another answer.
            ScopeState.from_scope(scope).response_started = False
            if (conflict := inner.get(CONFLICT)) is not None:  # which `once` tries again
                note(inner, unavailable="")
                raise conflict
            return held.kept() | {"by": latest}

        try:
            key, asked = _key(keys), _digest(scope, await read_bytes(request))
            kept = await self._once(fring, key, work, caller=caller, request=asked)
        except Refused:
            await held.send(send)
        else:
            # Not what is held: of two at the same time, that may be what was not stored.
            is_replayed = kept["by"] != latest
            await HeldAnswer.of(kept).send(send, *([_REPLAYED] if is_replayed else []))

    async def _once(self, fring: Fring, key: str, work: Any, *, caller: str, request: str) -> Kept:
        """Do the work, or wait for whoever does; raise `KeyInFlight` if that takes long."""
        patience = monotonic() + IN_FLIGHT_SECONDS
        working = self._working.get((caller, key))
        if working is not None:  # here, so the database need not be asked again and again
            with suppress(TimeoutError):
                await asyncio.wait_for(working.wait(), IN_FLIGHT_SECONDS)
        mine = asyncio.Event() if (caller, key) not in self._working else None
        if mine:
            self._working[caller, key] = mine
        try:
            while True:
                try:
                    return await fring.once(
                        key, work, caller=caller, request=request, kept_for=self._kept_for
                    )
                except KeyInFlight:
                    if monotonic() > patience:
                        raise
                await asyncio.sleep(_PAUSE_SECONDS)
        finally:
            if mine:
                mine.set()
                del self._working[caller, key]


def _telling(app: ASGIApp, position: Position) -> ASGIApp:
    """Return an application whose answers tell where in the feed their writes are."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, position.on(send))

    return cast("ASGIApp", answer)


def _inner(scope: Scope, fring: Fring) -> dict[str, Any]:
    """Return the scope of a request that works with a transaction's Fring.

    What is kept is what anybody can read who asks again, so nothing compresses it here.
    """
    headers = [each for each in scope["headers"] if each[0] != b"accept-encoding"]
    return {**scope, UNIT: fring, "headers": headers}


def _key(given: list[bytes]) -> str:
    """Return a key, quoted or bare; raise `InvalidKey` if there are several."""
    if len(given) > 1:
        raise InvalidKey
    key = given[0].decode("latin-1").strip()
    return key[1:-1] if key[:1] == key[-1:] == '"' and len(key) > 1 else key


def _digest(scope: Scope, body: bytes) -> str:
    """Return what tells a request from any other one."""
    asked = sha256()
    said: Any = scope
    for part in (said["method"].encode(), said["path"].encode(), said["query_string"], body):
        asked.update(b"%d " % len(part))
        asked.update(part)
    return asked.hexdigest()
