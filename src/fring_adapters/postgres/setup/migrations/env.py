"""Run the migrations on the connection that `fring_adapters.postgres.setup.schema` hands over."""

from alembic import context

from fring_adapters.postgres.setup.versions import VERSION_TABLE
from fring_adapters.postgres.sql.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
)
context.run_migrations()
