"""Retention: what is older than it is to be kept, is forgotten beside the load, a little at a time."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NoReturn

from fring_core import Unavailable

if TYPE_CHECKING:
    from fring_core import Clock, Fring

_LOGGER: Final = logging.getLogger("fring.retention")
ROUND_SECONDS: Final = 60.0
PAUSE_SECONDS: Final = 0.1
SOME: Final = 100  # that are forgotten together


async def forgetting(fring: Fring, clock: Clock, days: int) -> NoReturn:
    """Forget what is older than so many days, each minute, until it is cancelled."""
    while True:
        await asyncio.sleep(ROUND_SECONDS)
        try:
            await forget_old(fring, clock, days)
        except Unavailable:  # others tell of it
            continue
        except Exception:
            _LOGGER.exception("What is old could not be forgotten; this is tried again")


async def forget_old(fring: Fring, clock: Clock, days: int) -> int:
    """Forget events, and deliveries that are done, that are older than so many days; return how many."""
    before = clock() - timedelta(days=days)
    gone = 0
    for forget in (fring.events.forget, fring.webhooks.forget):
        while some := await forget(before, limit=SOME):
            gone += some
            await asyncio.sleep(PAUSE_SECONDS)
    return gone
