"""Turns for what is slow: fair to each address, and of an address to each account.

Whoever has many waiting has one turn at a time. Accounts that have given the right password from an
address come before those that nothing is known of there, and those that gave a wrong one come last:
who tries out names holds up others who do.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final, TypeAlias

from fring_core import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    Turn: TypeAlias = asyncio.Future[None]
    Lane: TypeAlias = dict[str, deque[Turn]]  # by account, the next one first

MOST_WAITING: Final = 100  # of one account from one address
MOST_REMEMBERED: Final = 10_000
_KNOWN, _NEW, _WRONG = range(3)


class Turns:
    """Let one have a turn, and others wait."""

    def __init__(self) -> None:
        self._is_taken = False
        self._lines: dict[str, tuple[Lane, Lane, Lane]] = {}  # by address, the next one first
        self._right: dict[int, None] = {}  # hashes of address and account, the oldest first
        self._wrong: dict[int, None] = {}

    @asynccontextmanager
    async def turn(self, address: str, account: str) -> AsyncIterator[None]:
        """Wait for a turn, which lasts as long as the block.

        Raise `StoreUnavailable` if too many of this account wait already.
        """
        if self._is_taken:
            await self._wait(address, account)
        self._is_taken = True
        try:
            yield
        finally:
            self._pass_on()

    def remember(self, address: str, account: str, *, right: bool) -> None:
        """Note whether an account has given the right password from an address."""
        whose = hash((address, account))
        remembered = self._right if right else self._wrong
        remembered.pop(whose, None)
        remembered[whose] = None
        if len(remembered) > MOST_REMEMBERED:
            del remembered[next(iter(remembered))]

    async def _wait(self, address: str, account: str) -> None:
        lanes = self._lines.setdefault(address, ({}, {}, {}))
        lane = next((each for each in lanes if account in each), None)
        if lane is None:
            lane = lanes[self._lane(address, account)]
            lane[account] = deque()
        if len(lane[account]) >= MOST_WAITING:
            raise StoreUnavailable("Too many passwords of one account are waiting to be hashed")
        turn: Turn = asyncio.get_running_loop().create_future()
        lane[account].append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._leave(address, account, turn)
            else:  # it came at the same moment
                self._pass_on()
            raise

    def _lane(self, address: str, account: str) -> int:
        whose = hash((address, account))
        if whose in self._right:
            return _KNOWN
        return _WRONG if whose in self._wrong else _NEW

    def _pass_on(self) -> None:
        for address, lanes in self._lines.items():
            for lane in lanes:
                for account, queue in lane.items():
                    turn = next((each for each in queue if not each.cancelled()), None)
                    if turn is not None:
                        self._leave(address, account, turn)
                        self._go_behind(address, account)
                        turn.set_result(None)
                        return
        self._is_taken = False

    def _leave(self, address: str, account: str, turn: Turn) -> None:
        lanes = self._lines[address]
        lane = next(each for each in lanes if account in each)
        lane[account].remove(turn)
        if not lane[account]:
            del lane[account]
        if not any(lanes):
            del self._lines[address]

    def _go_behind(self, address: str, account: str) -> None:
        """Put those who still wait behind the others of their address, and that behind others."""
        if address not in self._lines:
            return
        lanes = self._lines[address] = self._lines.pop(address)
        for lane in lanes:
            if account in lane:
                queue = lane.pop(account)
                lanes[self._lane(address, account)][account] = queue
                return
