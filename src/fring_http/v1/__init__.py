"""The API `/api/v1`, as the Fring specification words it."""

from fring_http.v1.routes import v1_router

__all__ = ["v1_router"]
