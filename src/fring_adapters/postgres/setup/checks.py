"""What speaks against working with the tables of a database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fring_adapters.postgres.setup.places import Place, SchemaError
from fring_adapters.postgres.setup.revisions import newest, revisions
from fring_adapters.postgres.setup.versions import FORMER_TABLE, found
from fring_adapters.postgres.sql.tables import metadata

if TYPE_CHECKING:
    from sqlalchemy import Connection

OWN_SCHEMA: Final = (
    'FRING_SCHEMA=fring gives Fring a schema of its own beside them, from Python schema="fring"'
)


def check(connection: Connection, current: str | None, place: Place) -> None:
    """Raise `SchemaError` if the tables, whose revision is `current`, are not Fring's or too new.

    An older revision will do, and so will no tables at all.
    """
    if current is None:
        _check_strangers(connection, place)
    elif current not in revisions():
        raise SchemaError(
            f"{place} was set up by a newer Fring (revision {current}); upgrade Fring"
        )
    elif current == newest():
        _check_whole(connection, current, place)


def check_newest(current: str | None, place: Place) -> None:
    """Raise `SchemaError` unless the tables have this version's revision."""
    if current != newest():
        found = "no tables of Fring's yet" if current is None else f"revision {current}"
        raise SchemaError(
            f"{place} has {found}, and this version's is {newest()}: `fring db upgrade` brings it"
            " there; back up first"
        )


def _check_strangers(connection: Connection, place: Place) -> None:
    strangers = found(connection, metadata.tables)
    if not strangers and place.schema is None:
        strangers = found(connection, [FORMER_TABLE])
    if strangers:
        names = ", ".join(sorted(strangers))
        way_out = "name another schema" if place.schema else OWN_SCHEMA
        raise SchemaError(f"{place} has tables that are not Fring's: {names}; {way_out}")


def _check_whole(connection: Connection, current: str, place: Place) -> None:
    missing = metadata.tables.keys() - found(connection, metadata.tables)
    if missing:
        raise SchemaError(
            f"{place} has revision {current} of Fring's tables, but not all of them; missing:"
            f" {', '.join(sorted(missing))}; restore a backup"
        )
