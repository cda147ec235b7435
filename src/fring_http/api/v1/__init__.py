"""The API `/api/v1`, as the Fring specification words it."""

from fring_http.api.v1.accounts import auth_router
from fring_http.api.v1.router import v1_router

__all__ = ["auth_router", "v1_router"]
