"""Where the tables are: in a database, and perhaps in a schema of it by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs
from sqlalchemy import text
from sqlalchemy.schema import CreateSchema
from sqlalchemy.sql import quoted_name

if TYPE_CHECKING:
    from sqlalchemy import Connection

_USABLE: Final = text(
    "SELECT has_schema_privilege(oid, 'USAGE') FROM pg_namespace WHERE nspname = :schema"
)
_MAY_CREATE: Final = text("SELECT has_database_privilege(current_database(), 'CREATE')")
# For this transaction alone: as a setting of the session, a PgBouncer would hand it on.
_ENTER: Final = text("SELECT set_config('search_path', quote_ident(:schema), true)")


class SchemaError(Exception):
    """Report a database whose tables this version of Fring cannot work with; it is untouched."""


@attrs.frozen
class Place:
    """Name a database, in words, and a schema in it; None: what the search path leads to."""

    database: str
    schema: str | None

    def __str__(self) -> str:
        return f"schema {self.schema!r} of {self.database}" if self.schema else self.database

    def enter(self, connection: Connection, *, create: bool = True) -> None:
        """Have names mean tables of the schema until the transaction ends; create it if need be.

        If `create` is False, a schema that is not there stays away, and is as good as empty. Raise
        `SchemaError` if the role may not create it, or not use it.
        """
        if self.schema is None:
            return
        name = {"schema": self.schema}
        usable = connection.execute(_USABLE, name).scalar()
        if usable is None:
            if not connection.execute(_MAY_CREATE).scalar_one():
                raise SchemaError(
                    f"{self.database} has no schema {self.schema!r}, and this role may not create"
                    " it: let another run CREATE SCHEMA, and GRANT USAGE, CREATE ON SCHEMA to it"
                )
            if create:
                connection.execute(CreateSchema(quoted_name(self.schema, quote=True)))
        elif not usable:
            raise SchemaError(
                f"This role may not use {self}: let another run GRANT USAGE, CREATE ON SCHEMA to it"
            )
        connection.execute(_ENTER, name)
