"""Run the migrations on the connection that `fring_adapters.postgres.setup.schema` hands over."""

from alembic import context

from fring_adapters.postgres.sql.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
