"""The PostgreSQL stores: the extra `postgres`."""

from fring_adapters.postgres.pool_settings import PoolSettings
from fring_adapters.postgres.repositories import (
    PostgresAssignments,
    PostgresCredentials,
    PostgresTasks,
    PostgresUsers,
)
from fring_adapters.postgres.schema import SchemaError, prepare
from fring_adapters.postgres.store import BlockingPostgresStore, PostgresStore

__all__ = [
    "BlockingPostgresStore",
    "PoolSettings",
    "PostgresAssignments",
    "PostgresCredentials",
    "PostgresStore",
    "PostgresTasks",
    "PostgresUsers",
    "SchemaError",
    "prepare",
]
