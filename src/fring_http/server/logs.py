"""Log lines that nobody else can write."""

from __future__ import annotations

import logging

FORMAT = "%(levelname)s %(name)s: %(message)s"


def printable(text: str) -> str:
    """Return a text on one line: what would move the cursor, or cannot be seen, is escaped."""
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


class OneLine(logging.Formatter):
    """Format a record so that nothing in it looks like another record.

    What a request says may be in it anywhere, in a traceback too. Only a traceback has further
    lines, and these are indented.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # logging's name
        """Return the line of a record."""
        return printable(super().formatMessage(record))

    def format(self, record: logging.LogRecord) -> str:
        """Return a record, with its traceback if it has one."""
        first, *rest = super().format(record).split("\n")
        return "\n".join([first, *(f"    {printable(line)}" for line in rest)])


def set_up(level: str, *, debug: bool) -> None:
    """Write records of this level and above to the standard error output, of all with `debug`."""
    level = "DEBUG" if debug else level.upper()
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine(FORMAT))
    logging.basicConfig(level=level, handlers=[handler])
    if level == "INFO":  # they tell of every migration, connection and request for keys
        for chatty in ("alembic", "psycopg.pool", "httpx"):
            logging.getLogger(chatty).setLevel(logging.WARNING)
