"""Stores for Fring, and what else it needs of the world: start with one of these functions."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fring_adapters.opening import open_memory, open_postgres, open_postgres_async

__all__ = ["open_memory", "open_postgres", "open_postgres_async"]


def __getattr__(name: str) -> Any:
    # When it is asked for: pytest and the keeper of a database come by here for something else.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("fring_adapters.opening"), name)
