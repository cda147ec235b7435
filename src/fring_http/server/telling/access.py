"""The line of each request."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from fring_http.api.door.hosts import HEALTH
from fring_http.server.telling.formats import console, is_pretty
from fring_http.server.telling.lines import shared_lines
from fring_http.server.variables.texts import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from fring_http.api.exchanges import Exchange, Observer
    from fring_http.server.settings import Settings

_encode = msgspec.json.Encoder().encode


def is_logging_requests(settings: Settings) -> bool:
    """Tell whether there is to be a line for each request, which is of level info."""
    return settings.access_log and (settings.debug or settings.log_level in ("debug", "info"))


class Request(msgspec.Struct, omit_defaults=True, gc=False):
    """Hold the line of an exchange, in the order of its fields."""

    time: datetime
    level: str
    event: str
    method: str
    route: str | None
    status: int
    ms: float
    bytes: int
    request_id: str
    client: str
    caller: str = ""
    trace_id: str = ""


def access_log(settings: Settings) -> Observer:
    """Return what writes a line for each exchange, but for those that only ask for health."""
    form = _pretty_line() if is_pretty(settings) else _encode

    def line(exchange: Exchange) -> bytes:
        if exchange.route in HEALTH:
            return b""
        told = Request(
            datetime.fromtimestamp(exchange.ended_at, UTC),
            "info",
            "request",
            exchange.method,
            exchange.route or None,
            exchange.status,
            round(exchange.seconds * 1000, 2),
            exchange.sent,
            exchange.id,
            exchange.client,
            printable(exchange.caller),
            exchange.trace,
        )
        return form(told) + b"\n"

    return partial(shared_lines().write_of, line)


def _pretty_line() -> Callable[[Request], bytes]:
    write = console()

    def line(told: Request) -> bytes:
        event = msgspec.to_builtins(told)
        return str(write(None, "info", event)).encode()

    return line
