"""Texts that somebody else wrote, as they may be shown."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

HIDDEN: Final = "***"
# Of libpq's parameters, those that are looked for when a database cannot be reached.
SHOWN: Final = (
    *("host", "hostaddr", "port", "dbname", "sslmode", "ssl", "connect_timeout", "service"),
    *("application_name", "target_session_attrs"),
)


def printable(text: str) -> str:
    """Return a text on one line: what would move the cursor, or cannot be seen, is escaped."""
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


def hidden(text: str) -> str:
    """Return what to show of a secret: how long it is."""
    return f"(hidden, {len(text)} characters)"


def without_password(url: str) -> str:
    """Return a URL with `***` where it may hold a secret.

    That is a password, what stands before the host of a web address, and all in the query but what
    says how to reach a database. Of what cannot be read as a URL for certain, nothing is shown.
    """
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # it raises
    except ValueError:
        return hidden(url)
    user, at, place = parts.netloc.rpartition("@")
    if not parts.scheme or "@" in user + parts.path + parts.query or parts.fragment:
        return hidden(url)
    name, colon, _ = user.partition(":")
    if at and parts.scheme in ("http", "https"):
        name = HIDDEN
    query = [
        (key, value if key in SHOWN else HIDDEN)
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    place = name + (f":{HIDDEN}" if colon else "") + at + place
    asked = urlencode(query, safe="*/")
    return f"{parts.scheme}://{place}{parts.path}{'?' if asked else ''}{asked}"
