"""Run the migrations on the connection that `fring_adapters.postgres.schema` hands over."""

from alembic import context

from fring_adapters.postgres.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
