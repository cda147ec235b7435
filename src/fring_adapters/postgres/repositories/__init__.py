"""The repositories of the PostgreSQL stores: `fring_core.ports`, on one executor each."""

from fring_adapters.postgres.repositories.assignments import PostgresAssignments
from fring_adapters.postgres.repositories.credentials import PostgresCredentials
from fring_adapters.postgres.repositories.deliveries import PostgresDeliveries
from fring_adapters.postgres.repositories.events import PostgresEvents
from fring_adapters.postgres.repositories.rate_limits import PostgresRateLimits
from fring_adapters.postgres.repositories.receipts import PostgresReceipts
from fring_adapters.postgres.repositories.tasks import PostgresTasks
from fring_adapters.postgres.repositories.users import PostgresUsers
from fring_adapters.postgres.repositories.webhooks import PostgresWebhooks

__all__ = [
    "PostgresAssignments",
    "PostgresCredentials",
    "PostgresDeliveries",
    "PostgresEvents",
    "PostgresRateLimits",
    "PostgresReceipts",
    "PostgresTasks",
    "PostgresUsers",
    "PostgresWebhooks",
]
