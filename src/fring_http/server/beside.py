"""What goes on beside the requests of a server, or apart from one."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from fring_adapters.clock import utc_now
from fring_http.server.reminding import reminding
from fring_http.server.webhooks.sending import Sender
from fring_http.server.webhooks.working import Worker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

    from fring_core import Fring

# So long does a server that ends wait for receivers of webhooks, before it is ended by force.
FINISHING_SECONDS: Final = 1.0


@asynccontextmanager
async def beside(work: Coroutine[Any, Any, object]) -> AsyncIterator[None]:
    """Have work go on until the block ends."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def working(
    fring: Fring, *, private: bool, finishing: float = FINISHING_SECONDS
) -> AsyncIterator[None]:
    """Call webhooks and remind of tasks until the block ends.

    Calls that have begun then go on for so many seconds. They go to addresses that are not public
    as well if `private` says so.
    """
    sender = Sender(utc_now, private=private)
    calling = Worker(fring.webhooks, sender.send, finishing=finishing).work()
    async with beside(calling), beside(reminding(fring)):
        yield
