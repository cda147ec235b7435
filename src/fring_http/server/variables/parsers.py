"""Parsers for settings: each takes a text and returns a value, or raises `ValueError`."""

from __future__ import annotations

import json
import re
from ipaddress import ip_network
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from fring_core import PERMISSIVE, STRICT, Workflow
from fring_http.api.door import authority
from fring_http.api.door.origins import DEFAULT_PORTS, origin
from fring_http.nearest import nearest
from fring_http.server.variables.texts import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fring_http.server.variables.fields import Setting

_WHOLE: Final = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_SEPARATOR: Final = re.compile(r"[\s;]")
_MOST_SHOWN: Final = 100  # characters of a value
_TRUE: Final = ("true", "1", "yes", "on")
_FALSE: Final = ("false", "0", "no", "off")
WORKFLOWS: Final = {"permissive": PERMISSIVE, "strict": STRICT}


def read_value(setting: Setting, text: str) -> object:
    """Return what a setting's text says, without blanks around it.

    Raise `ValueError` with the setting's variable, and with the text unless that may hold a secret.
    """
    try:
        return setting.parse(text if setting.parse is kept else _bare(text))
    except ValueError as error:
        shown = "" if setting.shown else f"={_shown(text)}"
        raise ValueError(f"{setting.variable}{shown} cannot be used: {error}") from None


def _shown(text: str) -> str:
    return printable(text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}...")


def _bare(text: str) -> str:
    bare = text.strip()
    if not bare:
        raise ValueError("it is blank; leave it out, or give it a value")
    if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "'\"":
        raise ValueError("the quotes are part of it; leave them out")
    return bare


def between(least: float, most: float) -> Callable[[str], float]:
    """Return a parser of numbers from `least` to `most`."""

    def parse(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = nan
        if not least <= number <= most:
            raise ValueError(f"must be a number from {least:g} to {most:g}")
        return number

    return parse


def whole(least: int, most: int) -> Callable[[str], int]:
    """Return a parser of whole numbers from `least` to `most`."""

    def parse(text: str) -> int:
        number = int(text) if _WHOLE.fullmatch(text) else least - 1
        if not least <= number <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return number

    return parse


def boolean(text: str) -> bool:
    """Return whether a text says yes."""
    if text.lower() not in _TRUE + _FALSE:
        raise ValueError("must be true or false")
    return text.lower() in _TRUE


def days(text: str) -> int | None:
    """Return a number of days, from 1 to 36,500; None for `off`."""
    if text.lower() == "off":
        return None
    try:
        return whole(1, 36_500)(text)
    except ValueError as error:
        raise ValueError(f"{error}, or off") from None


def kept(text: str) -> str:
    """Return a text as it is, with the blanks around it: they may be part of a secret."""
    if text and not text.strip():
        raise ValueError("it is blank; leave it out, or give it a value")
    return text


def one_of(names: tuple[str, ...], kind: Callable[[str], Any] = str) -> Callable[[str], Any]:
    """Return a parser of these names, in any case, which makes a `kind` of them."""

    def parse(text: str) -> Any:
        if text.lower() not in names:
            meant = nearest(text, names)
            hint = f"; did you mean {meant}?" if meant else ""
            raise ValueError(f"must be one of {', '.join(names)}{hint}")
        return kind(text.lower())

    return parse


def switch(on: str, off: str) -> Callable[[str], bool]:
    """Return a parser of two words, which tells whether it is the first."""
    words = one_of((on, off))
    return lambda text: words(text) == on


def named_workflow(text: str) -> Workflow:
    """Return the workflow of a name."""
    return WORKFLOWS[one_of(tuple(WORKFLOWS))(text)]


def folder(text: str) -> Path:
    """Return a path, with `~` for the user's home."""
    return Path(text).expanduser()


def debug(text: str) -> bool:
    """Return whether a text says yes, where other programs look for something else."""
    try:
        return boolean(text)
    except ValueError as error:
        raise ValueError(f"{error}; if it is meant for Node, start Fring with DEBUG=") from None


def _listed(text: str) -> list[str]:
    try:
        found = json.loads(text) if text.startswith("[") else text.split(",")
    except ValueError:
        raise ValueError('a JSON list looks like ["https://app.example"]') from None
    return _parted([str(each) for each in found])


def _parted(found: Iterable[str]) -> list[str]:
    """Return what stands between commas, without blanks around it and without what is empty."""
    parts = [part for each in found if (part := each.strip())]
    if any(_SEPARATOR.search(part) for part in parts):
        raise ValueError("commas stand between them, and neither blanks nor semicolons")
    return parts


def origins(text: str) -> tuple[str, ...]:
    """Return the origins in a JSON list, or in a list with commas."""
    return tuple(map(origin, _listed(text)))


def hosts(text: str) -> tuple[str, ...]:
    """Return the hosts, each a name or an address, in a list with commas."""
    found = _parted(text.split(","))
    try:
        return tuple(map(authority.canonical, found))
    except ValueError:
        raise ValueError("names hosts without ports, such as fring.example, 192.0.2.1") from None


def networks(text: str) -> tuple[str, ...]:
    """Return addresses and networks, in a list with commas."""
    try:
        return tuple(str(ip_network(each)) for each in _parted(text.split(",")))
    except ValueError:
        raise ValueError(
            "names addresses and networks, such as 10.0.0.0/8, 192.0.2.1, with commas between them"
        ) from None


def dsn(text: str) -> str:
    """Return a DSN of Sentry as it is."""
    parts = urlsplit(address("/1")(text))
    if text and not (parts.username and parts.path.strip("/").rpartition("/")[2].isdigit()):
        raise ValueError("must be a DSN, such as https://key@sentry.example/1")
    return text


def address(path: str) -> Callable[[str], str]:
    """Return a parser of http and https URLs, which tells what one looks like, with this path."""

    def parse(text: str) -> str:
        if not text:
            return text
        parts = urlsplit(text)
        plain = text.isprintable() and " " not in text
        if not plain or parts.scheme not in DEFAULT_PORTS or not parts.hostname or parts.port == 0:
            raise ValueError(f"must be an http or https URL, such as https://app.example{path}")
        return text

    return parse
