"""Tell of an outage once, not with each request that it costs."""

from __future__ import annotations

import logging
from time import monotonic
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from fring_http.api.exchanges import Exchange

AGAIN_SECONDS: Final = 60.0
# An answer proves that it is over only if nobody was refused for this long: in an overload, some
# are answered while others are refused.
QUIET_SECONDS: Final = 1.0
_FIRST_FAILURE: Final = 400
_log = logging.getLogger("fring.outage")


class Outages:
    """Log when requests begin to be refused with 503, each minute how many were, and the end."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._refused = 0  # in this outage
        self._began_at = self._told_at = self._last_at = 0.0

    def __call__(self, exchange: Exchange) -> None:
        """Take an exchange that has ended into account."""
        if exchange.unavailable:
            self._refuse(exchange.unavailable)
        elif self._refused and exchange.is_work and exchange.status < _FIRST_FAILURE:
            now = self._clock()
            if now - self._last_at >= QUIET_SECONDS:
                _log.warning(
                    "available again after %.0f s; requests that were refused: %d",
                    now - self._began_at,
                    self._refused,
                )
                self._refused = 0

    def _refuse(self, why: str) -> None:
        now = self._last_at = self._clock()
        self._refused += 1
        if self._refused == 1:
            self._began_at = self._told_at = now
            _log.warning("unavailable, requests are refused with 503: %s", why)
        elif now - self._told_at >= AGAIN_SECONDS:
            self._told_at = now
            _log.warning(
                "unavailable still; requests that were refused: %d; %s", self._refused, why
            )
