"""Whether the server lives, and whether it should be sent callers: for those who watch over it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

from litestar import Response, get
from litestar.openapi import ResponseSpec
from msgspec import Struct

from fring_http.api.shapes.json_schema import Moment, sample

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler

# Returns what speaks against sending callers to this server, a sentence each.
Objections: TypeAlias = Callable[[], Awaitable[list[str]]]

OPEN: Final = {"secured": False}


class Health(Struct):
    """Tell that the server answers."""

    status: Annotated[str, sample("healthy")]
    timestamp: Moment


class Life(Struct):
    """Tell that the process lives."""

    status: Annotated[str, sample("alive")] = "alive"


class Readiness(Struct):
    """Tell whether the server should be sent callers, and if not, why."""

    status: Annotated[str, sample("ready")]
    reasons: list[str]


@get(
    ["/health", "/api/v1/health"],
    opt=OPEN,
    tags=["health"],
    response_description="The server answers.",
)
async def health() -> Health:
    """Ask whether the server answers.

    It does not look at the database: this is for load balancers.
    """
    return Health("healthy", datetime.now(UTC))


@get("/health/live", opt=OPEN, tags=["health"], response_description="The process lives.")
async def live() -> Life:
    """Ask whether the process lives.

    It looks at nothing else: who gets no answer may start it anew.
    """
    return Life()


async def _nothing() -> list[str]:
    return []


def ready_route(objections: Objections = _nothing) -> HTTPRouteHandler:
    """Return the route that tells whether to send callers here."""

    @get(
        "/health/ready",
        opt=OPEN,
        tags=["health"],
        response_description="Callers can be sent here.",
        responses={503: ResponseSpec(Readiness, description="They cannot: `reasons` says why.")},
    )
    async def ready() -> Response[Readiness]:
        """Ask whether callers can be sent here.

        The database answers within a second, its tables are this version's, and the server is not
        ending.
        """
        reasons = await objections()
        body = Readiness("unready" if reasons else "ready", reasons)
        return Response(body, status_code=503 if reasons else 200)

    return ready
