"""How records look: columns for people, JSON lines for programs, and in both nobody else's lines."""

from __future__ import annotations

import os
import sys
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TextIO

import structlog

from fring_http.api.exchanges import current
from fring_http.server.variables.texts import printable

if TYPE_CHECKING:
    import logging
    from collections.abc import Mapping
    from types import TracebackType

    from structlog.typing import EventDict, Processor, WrappedLogger

    from fring_http.server.settings import Settings

_PRETTY: Final = "pretty"
# In ASCII, so that no character in it can do anything.
_JSON: Final = (structlog.processors.format_exc_info, structlog.processors.JSONRenderer())


def is_pretty(settings: Settings) -> bool:
    """Tell whether the log is for people."""
    if settings.log_format == "auto":
        return sys.stderr.isatty()
    return settings.log_format == _PRETTY


def formatter(*, pretty: bool) -> logging.Formatter:
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
            *([console()] if pretty else _JSON),
        ],
    )


def console() -> Processor:
    """Return what renders an event for people, in colour on a terminal."""
    render = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty() and not os.environ.get("NO_COLOR"),
        timestamp_key="time",
        exception_formatter=_indented,
        pad_event_to=0,
        sort_keys=False,
    )
    return lambda logger, name, event: render(logger, name, _printable(event))


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
