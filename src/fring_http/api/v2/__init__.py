"""`/api/v2`: what is new, over the same use cases."""

from __future__ import annotations

from fring_http.api.v2.router import v2_router

__all__ = ["v2_router"]
