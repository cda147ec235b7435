"""The log: pretty for people, JSON lines for programs, and in both nobody else's lines."""

from __future__ import annotations

import logging
import os
import sys
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TextIO

import msgspec
import structlog

from fring_http.api.door.hosts import HEALTH
from fring_http.api.exchanges import current
from fring_http.server.telling.lines import Lines
from fring_http.server.variables.texts import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from structlog.typing import EventDict, Processor, WrappedLogger

    from fring_http.api.exchanges import Exchange, Observer
    from fring_http.server.settings import Settings

_PRETTY: Final = "pretty"
# In ASCII, so that no character in it can do anything.
_JSON: Final = (structlog.processors.format_exc_info, structlog.processors.JSONRenderer())
_encode = msgspec.json.Encoder().encode
_lines: Lines | None = None


def set_up(settings: Settings) -> None:
    """Write records of the level that is set, and above, to the error output.

    If the program has handlers already, the log is its own business.
    """
    root = logging.getLogger()
    if root.handlers:
        return
    level = "DEBUG" if settings.debug else settings.log_level.upper()
    handler = Handler(_shared_lines())
    handler.setFormatter(formatter(is_pretty=_is_pretty(settings)))
    root.addHandler(handler)
    root.setLevel(level)
    # These tell of every migration, connection and request for keys, and the pool of each attempt
    # to connect while the database is away, of which there is a line in `fring.outage`.
    if level == "INFO":
        for chatty in ("alembic", "httpx"):
            logging.getLogger(chatty).setLevel(logging.WARNING)
    if level != "DEBUG":
        logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    if settings.sentry_dsn:
        # Only here: it is an extra.
        from fring_http.server.telling.sentry import send_errors  # noqa: PLC0415

        send_errors(settings.sentry_dsn, settings.environment)


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
    lines = _shared_lines()
    line = _pretty_line() if _is_pretty(settings) else _encode

    def observe(exchange: Exchange) -> None:
        if exchange.route in HEALTH:
            return
        told = Request(
            datetime.now(UTC),
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
        lines.write(line(told) + b"\n")

    return observe


def _pretty_line() -> Callable[[Request], bytes]:
    console = _console()

    def line(told: Request) -> bytes:
        event = msgspec.to_builtins(told)
        return str(console(None, "info", event)).encode()

    return line


class Handler(logging.Handler):
    """Hand records over to those lines that nobody waits for."""

    def __init__(self, lines: Lines) -> None:
        super().__init__()
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        """Format a record, and have it written."""
        try:
            self._lines.write(f"{self.format(record)}\n".encode())
        except Exception:  # noqa: BLE001  # as logging does: a record must not end a request
            self.handleError(record)


def formatter(*, is_pretty: bool) -> logging.Formatter:
    """Return what formats the records of Python's logging, with the request that they belong to."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            _with_request,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _with_time,
            *([_console()] if is_pretty else _JSON),
        ],
    )


def _shared_lines() -> Lines:
    global _lines
    _lines = _lines or Lines()
    return _lines


def _is_pretty(settings: Settings) -> bool:
    if settings.log_format == "auto":
        return sys.stderr.isatty()
    return settings.log_format == _PRETTY


def _console() -> Processor:
    console = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty() and not os.environ.get("NO_COLOR"),
        timestamp_key="time",
        exception_formatter=_indented,
        pad_event_to=0,
        sort_keys=False,
    )
    return lambda logger, name, event: console(logger, name, _printable(event))


def _with_time(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"time": now, "level": event.pop("level"), "event": event.pop("event"), **event}


def _with_request(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    if exchange := current.get():
        event["request_id"] = exchange.id
        event["client"] = exchange.client
        if exchange.caller:
            event["caller"] = exchange.caller
        if exchange.trace:
            event["trace_id"] = exchange.trace
    return event


def _printable(event: Mapping[str, Any]) -> EventDict:
    return {
        name: printable(value) if isinstance(value, str) else value for name, value in event.items()
    }


def _indented(
    out: TextIO, error: tuple[type[BaseException], BaseException, TracebackType | None]
) -> None:
    """Write a traceback, each line of it indented, so that none looks like a record."""
    text = "".join(traceback.format_exception(*error)).rstrip("\n")
    out.write("\n" + "\n".join(f"    {printable(line)}" for line in text.split("\n")))
