"""Stores for Fring, and what else it needs of the world: start with one of these."""

from fring_adapters.opening import open_memory, open_postgres, open_postgres_async

__all__ = ["open_memory", "open_postgres", "open_postgres_async"]
