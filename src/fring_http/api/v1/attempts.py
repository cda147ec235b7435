"""Who may try a password now: those of one account after each other, and not too often."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakValueDictionary

from fring_core import Forbidden, StoreUnavailable, Unauthenticated, Unavailable
from fring_http.api.rates.callers import is_local, network_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from fring_http.api.rates import Rates

MOST_IN_LINE: Final = 100
_whose: ContextVar[tuple[str, str]] = ContextVar("fring.whose", default=("", ""))


def whose_password() -> tuple[str, str]:
    """Return the address and the account of the password that is worked on; empty if unknown."""
    return _whose.get()


class Attempts:
    """Let those who bring passwords through, as the policies of an application say.

    Raise `TooManyRequestsException` for who comes too often, and `Unavailable` if the store does
    not answer, or if too many of one account wait.
    """

    def __init__(self, rates: Rates) -> None:
        self._rates = rates
        self._lines: WeakValueDictionary[tuple[str, str], _Line] = WeakValueDictionary()

    @asynccontextmanager
    async def logging_in(self, scope: Mapping[str, Any], account: str) -> AsyncIterator[None]:
        """Open a block in which the password of an account is tried.

        Wrong ones are counted, and that before they are known to be wrong, or many at once would
        pass. So those of one account come after each other: right ones would be in the way.
        """
        address, policy = network_of(scope), self._rates.login
        with _named(address, account):
            if policy is None:
                yield
                return
            line = self._lines.setdefault((address, account), _Line())
            async with line.turn():
                await policy.spend(scope, address, account)
                is_wrong = False
                try:
                    yield
                except (Unauthenticated, Forbidden):
                    is_wrong = True
                    raise
                finally:  # what was not tried in the end, in an outage, say, was not wrong
                    if not is_wrong:
                        await policy.refund(address, account)

    @asynccontextmanager
    async def registering(self, scope: Mapping[str, Any]) -> AsyncIterator[None]:
        """Open a block in which an account is registered."""
        address, policy = network_of(scope), self._rates.register
        with _named(address, ""):
            if policy is not None and not is_local(scope):
                await policy.spend(scope, address)
            yield


class _Line:
    """Hold those of one account from one address, for as long as there are any."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._length = 0
        self._is_refused = False

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        if self._length >= MOST_IN_LINE:
            raise StoreUnavailable("Too many log-ins of one account are waiting")
        self._length += 1
        try:
            async with self._lock:
                if self._is_refused:  # or each would wait for the same store anew
                    raise StoreUnavailable("The store did not answer another log-in")
                yield
        except Unavailable:
            self._is_refused = True
            raise
        finally:
            self._length -= 1


@contextmanager
def _named(address: str, account: str) -> Iterator[None]:
    token = _whose.set((address, account))
    try:
        yield
    finally:
        _whose.reset(token)
