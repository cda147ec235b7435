"""The clock of this machine."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the present moment in UTC, as the port `fring_core.Clock` asks."""
    return datetime.now(UTC)
