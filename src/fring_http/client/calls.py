"""One call over HTTP, tried again if that is safe."""

from __future__ import annotations

import random
from math import inf
from secrets import token_urlsafe
from time import monotonic
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NoReturn, Protocol, TypeVar

import attrs

from fring_core import UNSET, StoreUnavailable
from fring_http.client.answers import SUCCESS, Answer
from fring_http.client.versions import if_match

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from fring_http.client.answers import Refusals
    from fring_http.client.versions import Reader

T = TypeVar("T")

KEY_BYTES: Final = 18
FIRST_PAUSE_SECONDS: Final = 0.1
LONGEST_PAUSE_SECONDS: Final = 5.0


class Message(Protocol):
    """Be one of those that a server sends as they come: what happened, as a text, and where."""

    @property
    def id(self) -> str:
        """Return where to go on behind it, empty if it does not say."""
        ...

    @property
    def event(self) -> str:
        """Return what kind of message it is."""
        ...

    @property
    def data(self) -> str:
        """Return what it says."""
        ...


class Connection(Protocol):
    """Exchange a request for an answer, in an event loop or without."""

    async def exchange(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any],
        body: Mapping[str, Any] | None,
        headers: Mapping[str, str],
    ) -> Answer:
        """Return the answer to a request; raise `StoreUnavailable` if there is none in time."""
        ...

    def follow(
        self, path: str, query: Mapping[str, Any], headers: Mapping[str, str]
    ) -> AsyncIterator[Answer | Message]:
        """Yield what a server sends as it comes, or its one answer if it sends no such thing."""
        ...

    async def pause(self, seconds: float) -> None:
        """Wait."""
        ...


@attrs.frozen
class Calls:
    """Make calls, and try those again that fail for now, for `patience` seconds.

    A write has a key, by which the server knows it again: it is done once.
    """

    connection: Connection
    patience: float

    async def call(
        self,
        method: str,
        path: str,
        read: Reader[T],
        refusals: Refusals = MappingProxyType({}),
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        about: Mapping[str, Any] = MappingProxyType({}),
        version: int | None = None,
    ) -> T:
        """Return what is read from the answer, or raise what it refuses `about` these arguments.

        With a `version`, raise `VersionConflict` if what is to be changed has another. Raise
        `UnexpectedAnswer` if the answer is another than Fring gives to this call.
        """
        named = {name: value for name, value in about.items() if value not in (None, UNSET)}
        answer = await self.answer(method, path, query=query, body=body, version=version)
        return answer.read(SUCCESS[method], read, refusals, named)

    async def answer(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        version: int | None = None,
    ) -> Answer:
        """Return the answer to a call; raise `StoreUnavailable` if there is none."""
        headers = if_match(version)
        if method != "GET":
            headers["Idempotency-Key"] = token_urlsafe(KEY_BYTES)
        least, ends = FIRST_PAUSE_SECONDS, monotonic() + self.patience
        while True:
            # Apart from one another, or clients that failed together would come back together.
            jitter = random.uniform(1, 1.5)  # noqa: S311  # no secret
            try:
                answer = await self.connection.exchange(method, path, query or {}, body, headers)
            except StoreUnavailable:
                pause = least * jitter
                if monotonic() + pause > ends:
                    raise
            else:
                pause = max(least, min(answer.retry_after, LONGEST_PAUSE_SECONDS)) * jitter
                if not answer.is_for_later or monotonic() + pause > ends:
                    return answer
            await self.connection.pause(pause)
            least = min(2 * least, LONGEST_PAUSE_SECONDS)

    async def follow(
        self, path: str, query: Mapping[str, Any], refusals: Refusals
    ) -> AsyncIterator[Message]:
        """Yield what a server sends as it comes, without an end, going on wherever it was cut off.

        Raise what it refuses, and `StoreUnavailable` if it has been away for `patience` seconds.
        """
        least, ends, headers = FIRST_PAUSE_SECONDS, inf, dict[str, str]()
        while True:
            error = StoreUnavailable(f"GET {path}: the server ended its answer")
            try:
                async for each in self.connection.follow(path, query, headers):
                    if isinstance(each, Answer):
                        each.read(SUCCESS["GET"], _nothing, refusals)
                    else:
                        least, ends = FIRST_PAUSE_SECONDS, inf
                        headers = {"Last-Event-ID": each.id} if each.id else headers
                        yield each
            except StoreUnavailable as found:
                error = found
            ends = min(ends, monotonic() + self.patience)
            pause = least * random.uniform(1, 1.5)  # noqa: S311  # as above
            if monotonic() + pause > ends:
                raise error
            await self.connection.pause(pause)
            least = min(2 * least, LONGEST_PAUSE_SECONDS)


def _nothing(_: Any, __: int) -> NoReturn:
    raise TypeError  # which is told as what was not expected
