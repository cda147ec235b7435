"""The router of `/api/v1`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litestar import Router
from litestar.di import Provide

from fring_core import Conflict, InvalidStatus, NotFound
from fring_http.v1 import tasks, users
from fring_http.v1.errors import v1_error

if TYPE_CHECKING:
    from fring_core import Fring


def v1_router(fring: Fring) -> Router:
    """Return `/api/v1` on a Fring, to be part of any Litestar application."""
    return Router(
        "/api/v1",
        route_handlers=[*users.HANDLERS, *tasks.HANDLERS],
        dependencies={"fring": Provide(lambda: fring, sync_to_thread=False)},
        exception_handlers={NotFound: v1_error, Conflict: v1_error, InvalidStatus: v1_error},
    )
