"""Reminding: each second, of what has come due, beside the load."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final, NoReturn

from fring_core import Unavailable

if TYPE_CHECKING:
    from fring_core import Fring

_LOGGER: Final = logging.getLogger("fring.reminding")
ROUND_SECONDS: Final = 1.0
SOME: Final = 100  # tasks that are reminded of together


async def reminding(fring: Fring) -> NoReturn:
    """Remind of all tasks that are due, each second, until it is cancelled.

    Any number of servers may do so: each task is reminded of by one of them.
    """
    while True:
        try:
            await remind_of_due(fring)
        except Unavailable:  # others tell of it
            pass
        except Exception:
            _LOGGER.exception("Tasks could not be reminded of; this is tried again")
        await asyncio.sleep(ROUND_SECONDS)


async def remind_of_due(fring: Fring) -> int:
    """Remind of all tasks that are due and that nobody else has in hand; return how many."""
    told = 0
    while some := await fring.reminders.fire(SOME):
        told += some
    return told
