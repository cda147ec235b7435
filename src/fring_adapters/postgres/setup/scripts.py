"""The migration scripts, run by Alembic: on a connection, or written down as SQL."""

from __future__ import annotations

import os
from io import StringIO
from threading import Lock
from typing import TYPE_CHECKING

from fring_adapters.postgres.setup.revisions import MIGRATIONS, newest

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

_alembic = Lock()  # its scripts know the connection by module state


def _unlock() -> None:
    # The thread that held it is not there in a child.
    global _alembic
    _alembic = Lock()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_unlock)


def config(connection: Connection | None = None) -> Config:
    """Return what Alembic has to know; without a connection it writes SQL down."""
    from alembic.config import Config  # noqa: PLC0415  # it takes long, and who serves does without

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade_tables(connection: Connection) -> None:
    """Bring the tables to the newest revision, from whichever they are at, or from none."""
    from alembic import command  # noqa: PLC0415  # as above

    with _alembic:
        command.upgrade(config(connection), newest())


def downgrade_tables(connection: Connection, revision: str) -> None:
    """Bring the tables back to a revision."""
    from alembic import command  # noqa: PLC0415  # as above

    with _alembic:
        command.downgrade(config(connection), revision)


def written_upgrade(current: str | None) -> str:
    """Return the statements that bring the tables from a revision, or from none, to the newest."""
    from alembic import command  # noqa: PLC0415  # as above

    writing = config()
    writing.output_buffer = StringIO()
    with _alembic:
        command.upgrade(writing, f"{current or 'base'}:{newest()}", sql=True)
    return writing.output_buffer.getvalue()
