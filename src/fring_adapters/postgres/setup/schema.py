"""The tables of a database: set up when it is empty, checked when it is not."""

from __future__ import annotations

from typing import Final

import attrs

from fring_adapters.postgres.setup.alone import alone
from fring_adapters.postgres.setup.checks import check
from fring_adapters.postgres.setup.places import Place, SchemaError
from fring_adapters.postgres.setup.revisions import newest, revisions
from fring_adapters.postgres.setup.scripts import downgrade_tables, upgrade_tables
from fring_adapters.postgres.setup.versions import current_revision, move_over
from fring_adapters.postgres.wire.schema_names import checked_schema
from fring_adapters.postgres.wire.urls import described

UPGRADE_COMMAND: Final = "fring db upgrade"


@attrs.frozen
class State:
    """Say which revision of Fring's tables a database has, and which this version works with."""

    revision: str | None
    """None: there are no tables yet, and `prepare` sets them up."""
    newest: str


def prepare(url: str, *, schema: str | None = None, upgrade: bool = False) -> str:
    """Make sure that the database has this version's tables; return their revision.

    They are in `schema`, which is created if it is missing, or if it is None wherever the
    connection's search path leads. An empty database is set up. An older one is upgraded if
    `upgrade` is True, and otherwise refused, as is one that is newer, holds tables of these names
    that are not Fring's, or stores text otherwise than as UTF-8. Among the tables of a program that
    uses Alembic, Fring is set up only if `schema` says so. All of it happens in one transaction
    under an advisory lock that ends with it, so workers and threads that start together do not
    collide. Raise `SchemaError`, `StoreUnavailable` if the database is away or somebody keeps a
    lock for 30 seconds, or `ValueError` for a URL that names no PostgreSQL database and a schema
    that cannot be, `TypeError` for what is no text.
    """
    place = Place(described(url), checked_schema(schema))
    with alone(url, place) as connection:
        place.enter(connection)
        move_over(connection)
        current = current_revision(connection)
        check(connection, current, place)
        if current not in {None, newest()} and not upgrade:
            raise SchemaError(
                f"{place} was set up by an older Fring (revision {current}); back it up and"
                f" run `{UPGRADE_COMMAND}`, or start with FRING_MIGRATE=auto"
            )
        if current != newest():
            upgrade_tables(connection)
    return newest()


def downgrade(url: str, revision: str, *, schema: str | None = None) -> str:
    """Bring the tables back to an older revision, such as "0004"; return it.

    What the older tables have no place for is lost: the scripts say what. It happens in one
    transaction, under the lock of `prepare`, and an older Fring can work with the tables then.
    Raise `SchemaError` for a revision that this version does not know or that is newer than the
    database's, for rows that the older tables could not hold, and as `prepare` does; an empty
    database is refused too. The other errors are those of `prepare`.
    """
    place = Place(described(url), checked_schema(schema))
    check_known(revision)
    with alone(url, place, task=f"downgrade to {revision}") as connection:
        place.enter(connection)
        move_over(connection)
        current = current_revision(connection)
        check(connection, current, place)
        if current is None:
            raise SchemaError(f"{place} has no tables of Fring's: there is nothing to downgrade")
        if current < revision:
            raise SchemaError(
                f"{place} has revision {current}, which is older than {revision}: that is an"
                f" upgrade, and `{UPGRADE_COMMAND}` leads to {newest()}"
            )
        if current != revision:
            downgrade_tables(connection, revision)
    return revision


def state(url: str, *, schema: str | None = None) -> State:
    """Return the revision of a database's tables beside the newest one, and change nothing.

    Raise what `prepare` would raise, but for tables that are older: the revision says so.
    """
    place = Place(described(url), checked_schema(schema))
    with alone(url, place, task="look at", reads=True) as connection:
        place.enter(connection, create=False)
        current = current_revision(connection)
        check(connection, current, place)
    return State(current, newest())


def check_known(revision: str) -> None:
    """Raise `SchemaError` if this version of Fring knows no such revision."""
    if revision == "base":
        raise SchemaError(
            "'base' would drop all tables, with everything in them: to be rid of them, drop the"
            " database or the schema"
        )
    if revision not in revisions():
        raise SchemaError(
            f"Fring knows no revision {revision!r}; there are {', '.join(revisions())}"
        )
