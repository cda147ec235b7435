"""The loop that has webhooks called: any number of them may run, beside servers or apart."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final, NoReturn, Protocol, TypeAlias

import httpx

from fring_core import Page, Unavailable
from fring_core.webhooks import Outcome
from fring_http.server.webhooks.sending import ATTEMPT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from fring_core.webhooks import Attempt

Send: TypeAlias = "Callable[[Attempt], Awaitable[Outcome]]"

_LOGGER: Final = logging.getLogger("fring.webhooks")
AT_ONCE: Final = 32  # attempts of a worker
DISPATCHED: Final = 1000  # events that are looked at together
_ONE: Final = Page(limit=1)
IDLE_SECONDS: Final = 1.0
BUSY_SECONDS: Final = 0.1
GATHERING_SECONDS: Final = 0.01  # others end beside the first one, and are replaced together
NOTING_TIMES: Final = 30  # with an idle pause between: as long as a claim lasts after an attempt


class Webhooks(Protocol):
    """Say what there is to do, and note what came of it; raise `Unavailable` while it is away."""

    async def list(self, page: Page) -> Sequence[object]:
        """Return the first of them."""
        ...

    async def dispatch(self, *, limit: int) -> int:
        """Make deliveries of what has come to the feed; return how many events were looked at."""
        ...

    async def claim(self, limit: int) -> tuple[Attempt, ...]:
        """Return what is due, for this worker alone."""
        ...

    async def settle(self, attempt: Attempt, outcome: Outcome) -> object:
        """Note what came of an attempt."""
        ...


class Worker:
    """Find what is due, and make so many attempts at once; a slow one keeps no other waiting.

    `finishing` is how many seconds it goes on with attempts that have begun, once it is cancelled.
    What is not done by then is done anew when its claim has ended.
    """

    def __init__(
        self,
        webhooks: Webhooks,
        send: Send,
        *,
        at_once: int = AT_ONCE,
        finishing: float = ATTEMPT_SECONDS,
    ) -> None:
        self._webhooks = webhooks
        self._send = send
        self._at_once = at_once
        self._finishing = finishing
        self._running: set[asyncio.Task[None]] = set()

    async def work(self) -> NoReturn:
        """Work until it is cancelled, whatever fails meanwhile."""
        try:
            while True:
                await self._rest(found=await self._begin_what_is_due())
        finally:
            await self._finish()

    async def _rest(self, *, found: bool) -> None:
        """Wait until it is time to look again: where more may be due, when an attempt has ended."""
        seconds = BUSY_SECONDS if found else IDLE_SECONDS
        if self._running and (found or len(self._running) >= self._at_once):
            await asyncio.wait(self._running, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            seconds = GATHERING_SECONDS
        await asyncio.sleep(seconds)

    async def _begin_what_is_due(self) -> bool:
        """Return whether there was something to do."""
        try:
            # Where there are none, this is all that they cost.
            if not self._running and not await self._webhooks.list(_ONE):
                return False
            looked_at = await self._webhooks.dispatch(limit=DISPATCHED)
            free = self._at_once - len(self._running)
            claimed = await self._webhooks.claim(free) if free > 0 else ()
        except Unavailable:  # others tell of it
            return False
        except Exception:
            _LOGGER.exception("What is due could not be found; this is tried again")
            return False
        for attempt in claimed:
            task = asyncio.create_task(self._deliver(attempt))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return bool(looked_at or claimed)

    async def _deliver(self, attempt: Attempt) -> None:
        try:
            outcome = await self._send(attempt)
        except Exception:
            _LOGGER.exception("An attempt for webhook %d failed in here", attempt.webhook_id)
            outcome = Outcome(None, "The attempt failed before anything was sent", None, 0.0)
        _tell(attempt, outcome)
        for _ in range(NOTING_TIMES):
            try:
                await self._webhooks.settle(attempt, outcome)
            except Unavailable:
                await asyncio.sleep(IDLE_SECONDS)
            except Exception:
                _LOGGER.exception("An attempt for webhook %d was not noted", attempt.webhook_id)
                return
            else:
                return
        _LOGGER.warning(
            "An attempt for webhook %d was not noted, and is made again", attempt.webhook_id
        )

    async def _finish(self) -> None:
        try:
            if self._running:
                await asyncio.wait(self._running, timeout=self._finishing)
        finally:
            left = [*self._running]
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)


def _tell(attempt: Attempt, outcome: Outcome) -> None:
    """Log a failure, with no more of the URL than its host: the rest may be a secret."""
    if outcome.status is not None and httpx.codes.is_success(outcome.status):
        return
    _LOGGER.warning(
        "Webhook %d at %s did not take %s: attempt %d, %s",
        attempt.webhook_id,
        _host(attempt.url),
        attempt.message_id,
        attempt.number,
        outcome.error if outcome.status is None else f"status {outcome.status}",
    )


def _host(url: str) -> str:
    try:
        return httpx.URL(url).netloc.decode("ascii")
    except (httpx.InvalidURL, ValueError):
        return "a URL that cannot be read"
