"""Making a backup: dumped in one snapshot, read back, and only then one of those that are kept."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import Identifier

from fring_adapters.postgres.backup.archive import count
from fring_adapters.postgres.backup.folder import clear, keep_safe, part
from fring_adapters.postgres.backup.programs import (
    BackupError,
    Programs,
    check_new_enough,
    complaint,
    programs,
)
from fring_adapters.postgres.backup.snapshots import snapshot_of
from fring_adapters.postgres.setup.alone import CONNECT_SECONDS, LOCK_SECONDS
from fring_adapters.postgres.setup.places import Place
from fring_adapters.postgres.wire.parameters import arguments
from fring_adapters.postgres.wire.schema_names import checked_schema
from fring_adapters.postgres.wire.urls import described, to_conninfo

if TYPE_CHECKING:
    from collections.abc import Iterable

    import psycopg

    from fring_adapters.postgres.backup.snapshots import Table


def back_up(url: str, folder: str | Path, *, schema: str | None = None, keep: int = 7) -> Path:
    """Back up Fring's tables into a file in a folder, such as `fring-20261126T163133Z.dump`.

    Return its path. It holds what the tables held at one moment, whoever writes meanwhile, with
    their revision, which may be an older one, and with the ids that are spent; of other tables
    nothing. It is read back to its end, and its rows are counted, before it gets its name and the
    oldest of more than `keep` are removed; other files stay. Whatever fails leaves the folder's
    backups as they were.

    The password is given to `pg_dump` by its environment. Raise `BackupError` if there is no
    `pg_dump` that is as new as the server, or if it or the folder fails, `StoreUnavailable` if the
    database is away, `SchemaError` if it has no tables or others than Fring's, and `ValueError` for
    a URL or a schema that cannot be, and for a `keep` below 1.
    """
    if keep < 1:
        raise ValueError(f"keep must be at least 1, not {keep}")
    place = Place(described(url), checked_schema(schema))
    pg_dump = programs()
    try:
        with part(Path(folder)) as (file, whole):
            with snapshot_of(url, place) as (connection, rows):
                _dump(pg_dump, url, connection, rows, file)
            if count(file) != rows:
                raise BackupError(f"{file} does not hold what was dumped: is the disk all right?")
            keep_safe(file, whole)
    except OSError as error:
        raise BackupError(f"Cannot write a backup to {folder}: {error}") from error
    try:
        clear(whole.parent, keep=keep, made=whole)
    except OSError as error:
        raise BackupError(
            f"{whole} is whole, but older files cannot be removed: {error}"
        ) from error
    return whole


def _dump(
    pg_dump: Programs,
    url: str,
    connection: psycopg.Connection,
    tables: Iterable[Table],
    file: Path,
) -> None:
    check_new_enough(pg_dump, connection.info.server_version // 10000)
    parameters, password = _connection(url, connection.info)
    [(snapshot,)] = connection.execute("SELECT pg_export_snapshot()")
    done = subprocess.run(  # noqa: S603  # it is PostgreSQL's
        [
            pg_dump.path("pg_dump"),
            "--format=custom",
            "--encoding=UTF8",
            "--no-password",
            f"--lock-wait-timeout={LOCK_SECONDS}s",
            f"--snapshot={snapshot}",
            f"--file={file.absolute()}",
            *(f"--table={Identifier(*table).as_string()}" for table in tables),
            f"--dbname={parameters}",
        ],
        env=os.environ | password,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        # If the database is away, the transaction that ends with this says so in its place.
        said = complaint("pg_dump", done.returncode, done.stderr)
        pooler = "; behind a PgBouncer, name the database itself" if "snapshot" in said else ""
        raise BackupError(f"{said}{pooler}")


def _connection(url: str, info: psycopg.ConnectionInfo) -> tuple[str, dict[str, str]]:
    """Return a connection string without a password, and an environment with it."""
    conninfo = to_conninfo(url)
    parameters = conninfo_to_dict(conninfo)
    parameters |= arguments(conninfo, connect_timeout=CONNECT_SECONDS)
    # The server that has the snapshot, of all that the URL may lead to.
    parameters |= {"host": info.host, "port": str(info.port), "hostaddr": info.hostaddr or None}
    if "sslpassword" in parameters:
        raise BackupError(
            "pg_dump takes the password of a key from nowhere but its arguments, which others can"
            " read: take sslpassword out of the URL, and name a key that needs none"
        )
    password = parameters.pop("password", None)
    return make_conninfo("", **parameters), {"PGPASSWORD": str(password)} if password else {}
