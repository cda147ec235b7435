"""Find what each setting is to be, and where that is said."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import attrs

from fring_http.server.variables.env_files import levels
from fring_http.server.variables.fields import FILE
from fring_http.server.variables.strays import strays

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fring_http.server.variables.fields import Setting

MOST_BYTES: Final = 65_536  # of a file with a secret


@attrs.frozen
class Found:
    """Hold the text of a setting, and where it stands, for people to read."""

    text: str = attrs.field(repr=False)
    source: str


def find_all(settings: Iterable[Setting], folder: Path) -> tuple[dict[str, Found], list[str]]:
    """Return what is set, by variable, and a line about each variable that is no setting.

    A secret may be in a file that `DATABASE_URL_FILE`, say, leads to; the line's end there is no
    part of it. Raise `ValueError` with every line of an env file, and every such file, that cannot
    be read, and for both variables in one place.
    """
    settings = list(settings)
    names = [name for each in settings for name in (each.variable, each.in_file) if name]
    places = levels(folder, names)
    found: dict[str, Found] = {}
    faults: list[str] = []
    for setting in settings:
        try:
            if here := _find(setting, places):
                found[setting.variable] = here
        except ValueError as error:
            faults.append(str(error))
    if faults:
        raise ValueError("\n".join(faults))
    everything = {name: text for _, values in reversed(places) for name, text in values.items()}
    return found, strays(everything, names)


def set_variable(name: str, text: str) -> None:
    """Set a variable of this process's environment, for those that it starts too.

    It wins over a file that would say something else.
    """
    os.environ[name] = text
    os.environ.pop(name + FILE, None)


def _find(setting: Setting, places: Iterable[tuple[str, Mapping[str, str]]]) -> Found | None:
    for place, values in places:
        here = values.get(setting.variable)
        path = values.get(setting.in_file or "")
        if here and path:
            raise ValueError(
                f"{setting.variable} and {setting.in_file} are both set ({place}): take one away"
            )
        if here:
            return Found(here, place)
        if path:
            try:
                return Found(_read(Path(path)), f"{path} ({setting.in_file}, {place})")
            except ValueError as error:
                # One that is not there may be the secret itself, by a slip.
                shown = f"={path}" if Path(path).exists() else ""
                raise ValueError(
                    f"{setting.in_file}{shown} cannot be used: {error}; it names a file"
                ) from None
    return None


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ValueError(error.strerror) from None
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text or len(data) > MOST_BYTES:
        raise ValueError(f"it is no text, or longer than {MOST_BYTES} bytes")
    text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise ValueError("it is empty")
    return text
