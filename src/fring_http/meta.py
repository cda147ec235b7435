"""Health and metadata; neither touches the database."""

from __future__ import annotations

from datetime import UTC, datetime

from litestar import get
from msgspec import Struct

from fring_http.version import VERSION


class Health(Struct):
    """Tell that the server answers."""

    status: str
    timestamp: datetime


class Endpoints(Struct, frozen=True):
    """Name where users and tasks are."""

    users: str = "/api/v1/users"
    tasks: str = "/api/v1/tasks"


class Metadata(Struct):
    """Tell what this API is."""

    name: str = "Fring API"
    version: str = VERSION
    endpoints: Endpoints = Endpoints()


@get(["/health", "/api/v1/health"])
async def health() -> Health:
    """Tell that the server answers, for load balancers."""
    return Health("healthy", datetime.now(UTC))


@get(["/", "/api/v1"])
async def metadata() -> Metadata:
    """Tell what this API is, and where its endpoints are."""
    return Metadata()
