"""Limits on rates in PostgreSQL, which hold across workers and servers."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from fring_adapters.postgres.sql import rate_limits as sql
from fring_adapters.postgres.wire.errors import POOL_ERRORS
from fring_core import Unavailable

if TYPE_CHECKING:
    from fring_adapters.postgres.wire.executor import Executor
    from fring_adapters.postgres.wire.statement import Row, Statement

SWEEP_SECONDS: Final = 60.0


class PostgresRateLimits:
    """Keep the theoretical arrival times of `fring_http.api.rates`, by the database's clock.

    Raise `Unavailable` if there is no connection, and `RuntimeError` for all else that fails.
    """

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._swept_at = monotonic()

    async def spend(
        self, key: bytes, interval: int, window: int, now: int | None = None
    ) -> tuple[bool, int]:
        """Tell whether one is let through, and by how many microseconds the time is ahead then.

        `now`, in microseconds since 1970, takes the clock's place.
        """
        if monotonic() - self._swept_at > SWEEP_SECONDS:
            self._swept_at = monotonic()
            await self._run(sql.SWEEP, now=now)
        [(let_through, ahead)] = await self._run(
            sql.SPEND, key=key, interval=interval, window=window, now=now
        )
        return let_through, ahead

    async def refund(self, key: bytes, interval: int) -> None:
        """Take back what was spent last."""
        await self._run(sql.REFUND, key=key, interval=interval)

    async def _run(self, statement: Statement, **parameters: Any) -> list[Row]:
        try:
            return await self._executor.run(statement, parameters)
        except Unavailable as error:
            if isinstance(error.__cause__, POOL_ERRORS):
                raise
            raise RuntimeError(str(error)) from error
