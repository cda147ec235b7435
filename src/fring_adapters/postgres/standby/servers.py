"""What a primary and its standby say of themselves, each over a connection of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs
import psycopg
from psycopg import sql

from fring_adapters.postgres.setup.versions import VERSION_TABLE
from fring_adapters.postgres.wire.connections import PooledAsyncConnection
from fring_adapters.postgres.wire.door import Door
from fring_adapters.postgres.wire.parameters import arguments
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import StoreUnavailable

if TYPE_CHECKING:
    from typing import LiteralString

CONNECT_SECONDS: Final = 2
ANSWER_SECONDS: Final = 0.5
CANCEL_SECONDS: Final = 0.1

# With synchronous_commit off, what is committed may not be written yet.
PRIMARY: Final = """
    SELECT false,
        CASE current_setting('synchronous_commit')
            WHEN 'off' THEN pg_current_wal_insert_lsn() ELSE pg_current_wal_lsn()
        END - '0/0'::pg_lsn,
        substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)
"""
# The timeline is told to members of pg_monitor only, while the log arrives.
STANDBY: Final = """
    SELECT pg_is_in_recovery(),
        coalesce(pg_last_wal_replay_lsn(), '0/0') - '0/0'::pg_lsn,
        (SELECT lpad(upper(to_hex(received_tli)), 8, '0') FROM pg_stat_wal_receiver)
"""
# A standby has the numbers of its primary's databases and tables, and nobody else has.
_DATA: Final = """, (SELECT oid FROM pg_database WHERE datname = current_database()),
    {name}::regclass::oid, version_num FROM {table}"""
_SYSTEM: Final = "SELECT system_identifier FROM pg_control_system()"


@attrs.frozen
class Answer:
    """Hold what a server said: whether it only replays a log, how far that is, and of which data.

    `timeline` and `system` are None if it does not tell. `connection` is another number whenever
    the server may have been started anew.
    """

    is_standby: bool
    position: int
    timeline: str | None
    data: tuple[int, int, str]
    system: int | None
    connection: int


class Server:
    """Ask one server, over a connection that is made anew whenever it has failed."""

    def __init__(self, url: str, question: LiteralString, schema: str | None) -> None:
        table = sql.Identifier(*([VERSION_TABLE] if schema is None else [schema, VERSION_TABLE]))
        name = sql.Literal(table.as_string())
        self._conninfo = to_conninfo(url)
        self._question = sql.SQL(question + _DATA).format(name=name, table=table)
        self._connection: PooledAsyncConnection | None = None
        self._system: int | None = None

    async def ask(self) -> Answer:
        """Return what it says of itself; raise `psycopg.Error` or `StoreUnavailable`."""
        connection = self._connection or await self._connect()
        self._connection = None
        try:
            row = await (await connection.execute(self._question)).fetchone()
        except BaseException:
            await connection.close()
            raise
        self._connection = connection
        if row is None:
            raise StoreUnavailable(f"{VERSION_TABLE} is empty")
        is_standby, position, timeline, database, table, revision = row
        return Answer(
            is_standby,
            int(position),
            timeline,
            (database, table, revision),
            self._system,
            connection.number,
        )

    async def close(self) -> None:
        """Close its connection."""
        if self._connection is not None:
            await self._connection.close()

    async def _connect(self) -> PooledAsyncConnection:
        connection = await PooledAsyncConnection.connect(
            self._conninfo,
            door=Door(ANSWER_SECONDS, CANCEL_SECONDS),
            autocommit=True,
            prepare_threshold=None,
            **arguments(self._conninfo, connect_timeout=CONNECT_SECONDS),
        )
        try:
            await connection.set_up()
            self._system = await _system(connection)
        except BaseException:
            await connection.close()
            raise
        return connection


async def _system(connection: PooledAsyncConnection) -> int | None:
    """Return the identifier of a server's cluster, None if this role may not know it."""
    try:
        [(found,)] = await (await connection.execute(_SYSTEM)).fetchall()
    except psycopg.errors.InsufficientPrivilege:
        return None
    return int(found)
