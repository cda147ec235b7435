"""Databases as an older Fring left them: their revision is in `alembic_version`."""

import psycopg
from alembic import command
from alembic.config import Config

from fring_adapters.postgres.setup.alone import engine
from fring_adapters.postgres.setup.revisions import MIGRATIONS
from fring_adapters.postgres.wire.urls import to_conninfo


def execute(url, sql):
    with psycopg.connect(to_conninfo(url), autocommit=True) as connection:
        return connection.execute(sql)


def migrate(url, change, revision):
    """Run Alembic's `upgrade` or `downgrade`."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine(url).begin() as connection:
        config.attributes["connection"] = connection
        change(config, revision)


def at_revision(url, revision):
    """Set up a database as an older Fring did."""
    migrate(url, command.upgrade, revision)
    execute(url, "ALTER TABLE fring_version RENAME TO alembic_version")
    execute(
        url,
        "ALTER TABLE alembic_version RENAME CONSTRAINT fring_version_pkc TO alembic_version_pkc",
    )
