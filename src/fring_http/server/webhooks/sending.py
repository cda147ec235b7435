"""One attempt to deliver a message, and what came of it."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import TYPE_CHECKING, Final

import httpcore
import httpx

from fring_core.webhooks import Outcome
from fring_http.server.webhooks.connecting import CheckedBackend
from fring_http.server.webhooks.messages import headers, message
from fring_http.targets import host_of, refused

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

    from httpcore import AsyncNetworkBackend

    from fring_core import Clock
    from fring_core.webhooks import Attempt

ATTEMPT_SECONDS: Final = 15.0
MOST_READ: Final = 64 * 1024  # bytes of an answer
MOST_AFTER: Final = 86_400.0  # seconds that a receiver may ask for
_NETWORK: Final = (
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    OSError,
)
_SECONDS: Final = re.compile(rb"[0-9]{1,9}")


class Sender:
    """Make attempts, each on a connection of its own, without redirects, proxies and cookies.

    `private` allows addresses of networks of one's own. Certificates are believed as `tls` says;
    None: as Python and httpx are told to.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        private: bool = False,
        network: AsyncNetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
        seconds: float = ATTEMPT_SECONDS,
    ) -> None:
        self._private = private
        self._network = network or CheckedBackend(private=private)
        self._clock = clock
        self._tls = tls
        self._seconds = seconds

    async def send(self, attempt: Attempt) -> Outcome:
        """Make an attempt, in `seconds` at most, and return what came of it.

        Nothing that a receiver or a network does is raised. An answer counts as soon as its head
        is there; of its body at most 64 KiB are read.
        """
        began, answer = monotonic(), _Answer()
        try:
            async with asyncio.timeout(self._seconds):
                await self._exchange(attempt, answer)
        except TimeoutError:
            answer.fault = f"There was no answer within {self._seconds:g} s"
        except _NETWORK as error:
            answer.fault = str(error) or type(error).__name__
        except (httpx.InvalidURL, ValueError):
            answer.fault = "The URL cannot be used"
        return answer.outcome(monotonic() - began)

    async def _exchange(self, attempt: Attempt, answer: _Answer) -> None:
        why = refused(attempt.url, private=self._private)
        if why is not None:  # an older Fring took it, or the settings are others
            answer.fault = f"The URL {why}"
            return
        url = httpx.URL(attempt.url)
        target = httpcore.URL(
            scheme=url.raw_scheme, host=host_of(url), port=url.port, target=url.raw_path
        )
        body, now = message(attempt), self._clock()
        sent = {"host": url.netloc.decode("ascii"), **headers(attempt, body, now)}
        async with (
            httpcore.AsyncHTTPConnection(
                target.origin,
                self._trusted() if url.scheme == "https" else None,
                network_backend=self._network,
            ) as connection,
            connection.stream("POST", target, headers=[*sent.items()], content=body) as response,
        ):
            answer.status = response.status
            answer.retry_after = retry_after(response.headers, now)
            read = 0
            async for some in response.aiter_stream():
                read += len(some)
                if read >= MOST_READ:
                    break

    def _trusted(self) -> ssl.SSLContext:
        if self._tls is None:  # it takes long
            self._tls = httpx.create_ssl_context()
        return self._tls


class _Answer:
    """Hold what is known so far."""

    status: int | None = None
    retry_after: float | None = None
    fault: str = ""

    def outcome(self, seconds: float) -> Outcome:
        error = "" if self.status is not None else self.fault
        return Outcome(self.status, error, self.retry_after, seconds)


def retry_after(headers: Iterable[tuple[bytes, bytes]], now: datetime) -> float | None:
    """Return the seconds that `Retry-After` asks for, as a number or a date; at most a day."""
    told = next((value for name, value in headers if name.lower() == b"retry-after"), b"").strip()
    if _SECONDS.fullmatch(told):
        return min(float(told), MOST_AFTER)
    try:
        then = parsedate_to_datetime(told.decode("ascii"))
    except (ValueError, OverflowError):  # of no date
        return None
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return min(max((then - now).total_seconds(), 0.0), MOST_AFTER)
