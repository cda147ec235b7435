"""Whether a database can be worked on now: it answers, and its tables are this version's."""

from __future__ import annotations

from typing import Final

import psycopg
from psycopg import sql

from fring_adapters.postgres.setup.revisions import newest
from fring_adapters.postgres.setup.versions import VERSION_TABLE
from fring_adapters.postgres.wire.parameters import arguments
from fring_adapters.postgres.wire.urls import to_conninfo

CONNECT_SECONDS: Final = 2  # libpq knows nothing shorter; who has less time stops waiting

UNREACHABLE: Final = "The database cannot be reached"
NO_TABLES: Final = "The database has no tables of Fring's that this role may read"
OTHER_TABLES: Final = "The tables are of revision {}, and this version's are of {}"


async def objections(url: str, *, schema: str | None = None) -> list[str]:
    """Return what speaks against working on a database now, a sentence each; nothing if it is ready.

    It is asked over a connection of its own, which waits for nobody's turn: that all of a pool are
    in use is no reason to send callers elsewhere. The sentences name no host and no role. Raise
    `ValueError` for a URL that names no PostgreSQL database.
    """
    conninfo = to_conninfo(url)
    place = [VERSION_TABLE] if schema is None else [schema, VERSION_TABLE]
    query = sql.SQL("SELECT version_num FROM {}").format(sql.Identifier(*place))
    try:
        async with await psycopg.AsyncConnection.connect(
            conninfo, **arguments(conninfo, connect_timeout=CONNECT_SECONDS)
        ) as connection:
            row = await (await connection.execute(query, prepare=False)).fetchone()
    except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege):
        return [NO_TABLES]
    except psycopg.Error:
        return [UNREACHABLE]
    if row is None:
        return [NO_TABLES]
    return [] if row[0] == newest() else [OTHER_TABLES.format(row[0], newest())]
