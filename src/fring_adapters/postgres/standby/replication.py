"""How old the state of a standby is: measured by asking it and its primary, again and again."""

from __future__ import annotations

import asyncio
import logging
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Final

import psycopg

from fring_adapters.postgres.standby.marks import Marks
from fring_adapters.postgres.standby.servers import PRIMARY, STANDBY, Server
from fring_adapters.postgres.wire.connections import numbers
from fring_core import StoreUnavailable

if TYPE_CHECKING:
    from fring_adapters.postgres.standby.servers import Answer

SHARE: Final = 0.2  # of the bound, after which both are asked again
LONGEST_PAUSE_SECONDS: Final = 1.0
_log = logging.getLogger("fring.standby")


class Replication:
    """Know whether a standby's state is at most `bound` seconds old.

    `why_not` says in words why it may not be read from, for people; it is empty if it may. A
    connection of a greater number than `known` was made when the standby was last asked, or later:
    it may lead to one that was started anew, and is further back than it was.
    """

    def __init__(self, primary: str, standby: str, bound: float, schema: str | None) -> None:
        self._primary = Server(primary, PRIMARY, schema)
        self._standby = Server(standby, STANDBY, schema)
        self._bound = bound
        self._marks = Marks()
        self._failed_at = self._answered_at = -inf
        self._there: Answer | None = None
        self._here: Answer | None = None
        self._told: bool | None = None
        self.known = 0
        self.why_not = "it was not asked yet"

    def is_usable(self) -> bool:
        """Tell whether it may be read from now."""
        return self._answered_at > self._failed_at and self.age() <= self._bound

    def age(self) -> float:
        """Return how old its state is at most, in seconds; infinity if that is not known."""
        return monotonic() - self._marks.as_of

    def fail(self) -> None:
        """Have it left alone until it answers again."""
        self._failed_at = monotonic()

    async def follow(self) -> None:
        """Ask both until cancelled."""
        try:
            while True:
                await self.look()
                self._tell()
                await asyncio.sleep(min(self._bound * SHARE, LONGEST_PAUSE_SECONDS))
        finally:
            await self.close()

    async def close(self) -> None:
        """Close the connections that the questions go over."""
        await self._primary.close()
        await self._standby.close()

    async def look(self) -> None:
        """Ask both, once."""
        asked_at, doubt = monotonic(), f"it is more than {self._bound:g} s behind"
        try:
            there = await self._primary.ask()
        except (psycopg.Error, StoreUnavailable) as error:
            doubt = f"the primary does not answer: {error}"
        else:
            if self._there is not None and self._there.timeline != there.timeline:
                self._marks.forget()
            self._there = there
            if self._here is not None and self._here.position > there.position:
                self._marks.forget()
                doubt = "it has what the primary has not"
            else:
                self._marks.add(asked_at, there.position)
        await self._look_at_standby()
        if not self.why_not and not self.is_usable():
            self.why_not = doubt

    async def _look_at_standby(self) -> None:
        asked_at, number = monotonic(), next(numbers)
        try:
            here = await self._standby.ask()
        except (psycopg.Error, StoreUnavailable) as error:
            self._answered_at = -inf
            self.why_not = f"it does not answer: {error}"
            return
        if self._here is not None and self._here.connection != here.connection:
            self._marks.forget()
        self._here = here
        if objection := _objection(self._there, here):
            self._marks.forget()
            self.why_not = objection
            return
        self._marks.replayed(here.position)
        self._answered_at, self.known, self.why_not = asked_at, number, ""

    def _tell(self) -> None:
        usable = self.is_usable()
        if usable != self._told:
            self._told = usable
            if usable:
                _log.info("reads are answered from the standby")
            else:
                _log.warning("reads go to the primary; the standby: %s", self.why_not)


def _objection(there: Answer | None, here: Answer) -> str:
    """Return what speaks against it that a server is the standby of a primary; empty if nothing."""
    if not here.is_standby:
        return "it is no standby, or none any more"
    if there is None:
        return ""
    for ours, its, what in (
        (there.system, here.system, "it is of another cluster"),
        (there.timeline, here.timeline, "it follows another timeline"),
        (there.data, here.data, "its tables, or their revision, are not the primary's"),
    ):
        if None not in (ours, its) and ours != its:
            return what
    return ""
