"""The composition root: settings, a store, Fring, the application.

    uvicorn --factory fring_http.main:create

serves what `fring serve` does, on the DATABASE_URL of the environment.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fring_adapters.clock import utc_now
from fring_adapters.memory import MemoryStore
from fring_adapters.postgres import PoolSettings, PostgresStore, prepare
from fring_core import Fring
from fring_http.app import create_app
from fring_http.settings import Settings, SettingsError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager

    from litestar.types import ASGIApp

    from fring_core import Store

MEMORY = "memory://"


def create(settings: Settings | None = None) -> ASGIApp:
    """Return the application that the settings describe (None: those of the environment).

    Raise `SettingsError` without a DATABASE_URL, since only `fring serve` runs the embedded
    database.
    """
    settings = settings or Settings.from_environment()
    _set_up_logging(settings)
    store: Store
    lifespan: list[AbstractAsyncContextManager[None]] = []
    if not settings.database_url:
        raise SettingsError("DATABASE_URL is not set; `fring serve` brings a database of its own")
    if settings.database_url == MEMORY:
        store = MemoryStore()
    else:
        store = PostgresStore(settings.database_url, _pool_settings(settings))
        lifespan.append(_opened(settings, store))
    return create_app(
        Fring(store, clock=utc_now, workflow=settings.workflow),
        cors_origins=settings.cors_origins,
        lifespan=lifespan,
    )


def _set_up_logging(settings: Settings) -> None:
    level = "DEBUG" if settings.debug else settings.log_level.upper()
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s")
    if level == "INFO":  # they tell of every migration and connection
        for chatty in ("alembic", "psycopg.pool"):
            logging.getLogger(chatty).setLevel(logging.WARNING)


@asynccontextmanager
async def _opened(settings: Settings, store: PostgresStore) -> AsyncIterator[None]:
    await asyncio.to_thread(prepare, settings.database_url, upgrade=settings.migrate)
    async with store:
        yield


def _pool_settings(settings: Settings) -> PoolSettings:
    return PoolSettings(
        size=settings.pool_size,
        overflow=settings.pool_overflow,
        timeout=settings.pool_timeout,
        recycle=settings.pool_recycle,
        prepare=settings.pool_prepare,
    )
