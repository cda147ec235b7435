"""The API `/api/v1`, as the Fring specification words it."""

from fring_http.v1.auth import auth_router
from fring_http.v1.routes import v1_router

__all__ = ["auth_router", "v1_router"]
