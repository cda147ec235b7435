"""The tables of a server's database, which may come later than the server."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager, nullcontext
from typing import TYPE_CHECKING, Final

from fring_core import StoreUnavailable
from fring_http.server.settings import MEMORY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager

    from fring_http.server.settings import Settings

PREPARE_AGAIN_SECONDS: Final = 1.0
_log = logging.getLogger("fring")


@asynccontextmanager
async def tables_checked(settings: Settings) -> AsyncIterator[None]:
    """Check the tables, or set them up; if the database is away, try again until it is there.

    Raise `SchemaError` for tables that cannot be worked with, if the database is there.
    """
    later: AbstractAsyncContextManager[None] = nullcontext()
    if settings.database_url != MEMORY:
        try:
            await _prepare(settings)
        except StoreUnavailable:
            later = tables_awaited(settings)
    async with later:
        yield


@asynccontextmanager
async def tables_awaited(settings: Settings) -> AsyncIterator[None]:
    """Set the tables up as soon as the database is there, and they can be worked with."""
    later = asyncio.create_task(_prepare_later(settings))
    try:
        yield
    finally:
        later.cancel()
        await asyncio.wait([later])


async def _prepare_later(settings: Settings) -> None:
    from fring_adapters.postgres import SchemaError  # noqa: PLC0415  # only with a database

    said = ""
    while True:
        try:
            await _prepare(settings)
        except (StoreUnavailable, SchemaError) as error:  # whoever mends it needs no restart
            if str(error) != said:
                said = str(error)
                _log.warning("%s; requests are answered with 503 until that is over", error)
            await asyncio.sleep(PREPARE_AGAIN_SECONDS)
        else:
            return


async def _prepare(settings: Settings) -> None:
    from fring_adapters.postgres import prepare  # noqa: PLC0415  # only with a database

    await asyncio.to_thread(
        prepare, settings.database_url, schema=settings.schema, upgrade=settings.migrate
    )
