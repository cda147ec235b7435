"""The PostgreSQL stores: the extra `postgres`."""

try:
    from fring_adapters.postgres.repositories import (
        PostgresAssignments,
        PostgresCredentials,
        PostgresTasks,
        PostgresUsers,
    )
    from fring_adapters.postgres.setup.by_hand import upgrade_sql
    from fring_adapters.postgres.setup.places import SchemaError
    from fring_adapters.postgres.setup.schema import State, downgrade, prepare, state
    from fring_adapters.postgres.store import BlockingPostgresStore, PostgresStore
    from fring_adapters.postgres.wire.pool_settings import PoolSettings
except ModuleNotFoundError as error:
    error.add_note(
        "PostgreSQL needs the extra: pip install 'fring[postgres]', from a clone '.[postgres]'"
    )
    raise

__all__ = [
    "BlockingPostgresStore",
    "PoolSettings",
    "PostgresAssignments",
    "PostgresCredentials",
    "PostgresStore",
    "PostgresTasks",
    "PostgresUsers",
    "SchemaError",
    "State",
    "downgrade",
    "prepare",
    "state",
    "upgrade_sql",
]
