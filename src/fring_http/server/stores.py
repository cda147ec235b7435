"""The store that the settings ask for, and what has to be known of its database."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import attrs

from fring_adapters.clock import utc_now
from fring_adapters.identity import Argon2Passwords
from fring_adapters.memory import MemoryStore
from fring_core import Fring
from fring_http.server.settings import MEMORY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from fring_adapters.postgres import PostgresStore
    from fring_adapters.postgres.wire.driver import Watch
    from fring_core import AccountAdmin
    from fring_http.api.health import Objections
    from fring_http.server.settings import Settings


def store_of(
    settings: Settings,
    watch: Watch | None = None,
    may_be_stale: Callable[[], bool] | None = None,
) -> MemoryStore | PostgresStore:
    """Return the store, not yet open; `watch` is told of its statements.

    It reads from a standby, if one is set, where `may_be_stale` says that it may.
    """
    if settings.database_url == MEMORY:
        return MemoryStore()
    # Only here: it takes longer than all else, and `memory://` does without.
    from fring_adapters.postgres import PoolSettings, PostgresStore  # noqa: PLC0415

    pool = PoolSettings(
        size=settings.pool_size,
        overflow=settings.pool_overflow,
        timeout=settings.pool_timeout,
        patience=settings.pool_timeout,
        recycle=settings.pool_recycle,
        deadline=settings.statement_timeout,
        prepare=settings.pool_prepare,
        coalesce=settings.coalesce,
    )
    if not settings.read_database_url or may_be_stale is None:
        return PostgresStore(settings.database_url, pool, schema=settings.schema, watch=watch)
    from fring_adapters.postgres.standby.store import PostgresStoreWithStandby  # noqa: PLC0415

    return PostgresStoreWithStandby(
        settings.database_url,
        pool,
        schema=settings.schema,
        watch=watch,
        standby=settings.read_database_url,
        bound=settings.read_lag,
        may_be_stale=may_be_stale,
    )


def objections_of(settings: Settings) -> Objections:
    """Return what asks the database whether it can be worked on."""

    async def ask() -> list[str]:
        if settings.database_url == MEMORY:
            return []
        from fring_adapters.postgres.readiness import objections  # noqa: PLC0415  # as for the store

        return await objections(settings.database_url, schema=settings.schema)

    return ask


@asynccontextmanager
async def account_admin(settings: Settings, url: str) -> AsyncIterator[AccountAdmin]:
    """Open a database, whose tables are there, for what an operator does with its accounts."""
    of_one = attrs.evolve(settings, database_url=url, pool_size=1, pool_overflow=0)
    async with Fring(store_of(of_one), clock=utc_now, passwords=Argon2Passwords()) as fring:
        yield fring.account_admin
