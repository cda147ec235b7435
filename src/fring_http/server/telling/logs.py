"""The log of a server: where its records go, and which are kept out."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from fring_http.server.telling.formats import formatter, is_pretty
from fring_http.server.telling.lines import shared_lines

if TYPE_CHECKING:
    from fring_http.server.settings import Settings
    from fring_http.server.telling.lines import Lines


def set_up(settings: Settings) -> None:
    """Write records of the level that is set, and above, to the error output.

    If the program has handlers already, the log is its own business.
    """
    root = logging.getLogger()
    if root.handlers:
        return
    level = "DEBUG" if settings.debug else settings.log_level.upper()
    handler = Handler(shared_lines())
    handler.setFormatter(formatter(pretty=is_pretty(settings)))
    root.addHandler(handler)
    root.setLevel(level)
    # These tell of every migration, connection and request for keys, and the pool of each attempt
    # to connect while the database is away, of which there is a line in `fring.outage`.
    if level == "INFO":
        for chatty in ("alembic", "httpx"):
            logging.getLogger(chatty).setLevel(logging.WARNING)
    if level != "DEBUG":
        logging.getLogger("psycopg.pool").setLevel(logging.ERROR)


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
