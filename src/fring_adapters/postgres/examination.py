"""What there is to know of a database before a server works on it: asked, and nothing changed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import attrs
import psycopg
from psycopg.rows import dict_row

from fring_adapters.postgres.setup.versions import VERSION_TABLE
from fring_adapters.postgres.sql.tables import metadata
from fring_adapters.postgres.wire.parameters import arguments
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import StoreUnavailable

if TYPE_CHECKING:
    from datetime import timedelta

    from psycopg import Cursor

CONNECT_SECONDS: Final = 5
STATEMENT_SECONDS: Final = 5
RIGHTS: Final = ("SELECT", "INSERT", "UPDATE", "DELETE")

_FACTS: Final = """
    WITH writing AS (
        SELECT pid, xact_start FROM pg_stat_activity
        WHERE datname = current_database() AND backend_xid IS NOT NULL
        ORDER BY xact_start LIMIT 1
    )
    SELECT
        current_setting('server_version_num')::int AS version,
        current_setting('server_encoding') AS encoding,
        pg_is_in_recovery() AS is_standby,
        current_setting('default_transaction_read_only')::bool AS is_read_only,
        current_setting('fsync')::bool AS syncs,
        current_setting('synchronous_commit') <> 'off' AS waits_for_commits,
        current_setting('max_connections')::int AS most_connections,
        current_setting('superuser_reserved_connections')::int
            + coalesce(current_setting('reserved_connections', true), '0')::int
            AS reserved_connections,
        (SELECT count(*) FROM pg_stat_activity
            WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()) AS connections_in_use,
        rolconnlimit AS role_limit,
        datconnlimit AS database_limit,
        rolname AS role,
        to_regnamespace(quote_ident(coalesce(%(schema)s, current_schema())))::text AS place,
        coalesce(
            has_schema_privilege(
                to_regnamespace(quote_ident(coalesce(%(schema)s, current_schema()))), 'CREATE'
            ),
            has_database_privilege(current_database(), 'CREATE')
        ) AS may_create,
        (SELECT pid FROM writing) AS oldest_writer,
        coalesce((SELECT clock_timestamp() - xact_start FROM writing), interval '0') AS has_written,
        clock_timestamp() AS now
    FROM pg_roles, pg_database
    WHERE rolname = current_user AND datname = current_database()
"""
_LACKING: Final = """
    SELECT name, kind FROM unnest(%(names)s::text[]) AS name, unnest(%(rights)s::text[]) AS kind
    WHERE to_regclass(name) IS NOT NULL AND NOT has_table_privilege(to_regclass(name), kind)
"""


@attrs.frozen(kw_only=True)
class Examination:
    """Hold what a database says of itself, to the role that Fring connects as.

    `version` is as in `server_version_num`, limits are -1 where there is none, `place` is the
    schema of the tables as SQL spells it, None if there is none yet, `lacking` the rights on them
    that the role has not, and `drift` how far its clock is ahead of this machine's. `oldest_writer`
    is the process whose transaction has written and is open for longest, since `has_written`; None
    if there is none that the role may see.
    """

    version: int
    encoding: str
    is_standby: bool
    is_read_only: bool
    syncs: bool
    waits_for_commits: bool
    most_connections: int
    reserved_connections: int
    connections_in_use: int
    role_limit: int
    database_limit: int
    role: str
    place: str | None
    may_create: bool
    oldest_writer: int | None
    has_written: timedelta
    lacking: tuple[tuple[str, str], ...]
    drift: timedelta


def examine(url: str, *, schema: str | None = None) -> Examination:
    """Ask a database what a server needs to know of it, over one connection, within seconds.

    Raise `StoreUnavailable` if it does not answer, with its reason, and `ValueError` for a URL that
    names no PostgreSQL database.
    """
    conninfo = to_conninfo(url)
    try:
        with psycopg.connect(
            conninfo, autocommit=True, **arguments(conninfo, connect_timeout=CONNECT_SECONDS)
        ) as connection:
            connection.execute(f"SET statement_timeout = '{STATEMENT_SECONDS}s'".encode())
            return _examined(connection.cursor(row_factory=dict_row), schema)
    except psycopg.Error as error:
        raise StoreUnavailable(str(error)) from error


def _examined(cursor: Cursor[dict[str, Any]], schema: str | None) -> Examination:
    def rows(query: str, **more: object) -> list[dict[str, Any]]:
        return cursor.execute(query.encode(), {"schema": schema, **more}).fetchall()

    asked_at = datetime.now(UTC)
    [facts] = rows(_FACTS)
    drift = facts.pop("now") - asked_at
    lacking: list[dict[str, Any]] = []
    if place := facts["place"]:
        names = [f"{place}.{name}" for name in metadata.tables]
        lacking += rows(_LACKING, names=names, rights=list(RIGHTS))
        lacking += rows(_LACKING, names=[f"{place}.{VERSION_TABLE}"], rights=["SELECT"])
    rights = tuple((each["name"], each["kind"]) for each in lacking)
    return Examination(lacking=rights, drift=drift, **facts)
