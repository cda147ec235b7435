"""Run the migrations on the connection that `fring_adapters.postgres.setup.scripts` hands over.

Without one, in Alembic's offline mode, they are written down.
"""

from alembic import context

from fring_adapters.postgres.setup.versions import VERSION_TABLE
from fring_adapters.postgres.sql.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    dialect_name="postgresql",
    dialect_opts={"paramstyle": "named"},  # or each % would be written twice
    literal_binds=context.is_offline_mode(),
    target_metadata=metadata,
    version_table=VERSION_TABLE,
)
context.run_migrations()
