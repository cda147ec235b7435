"""Name variables that look like settings and are none: somebody believes that they are obeyed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from fring_http.nearest import nearest
from fring_http.server.variables.texts import printable

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

PREFIX: Final = "FRING_"
# Those of programs that call a Fring.
_OTHERS: Final = ("FRING_URL", "FRING_TOKEN")
# What Kubernetes and Docker set for a service of this name.
_SERVICE: Final = re.compile(
    r"FRING_(?:SERVICE_(?:HOST|PORT)|PORT_[0-9]+_(?:TCP|UDP)).*|FRING_NAME"
)
_SERVICE_URL: Final = "://"
_OF_TOKENS: Final = re.compile("SECRET|JWT|TOKEN|AUTH")  # what it is called elsewhere
_LONG: Final = 9
_ALIKE: Final = 0.9


def strays(values: Mapping[str, str], settings: Collection[str]) -> list[str]:
    """Return a line about each variable that is no setting and looks like one, without its value.

    `FRING_...` does, and what is a letter away from a setting of another beginning.
    """
    # Without the short ones: much is like PORT.
    others = [each for each in settings if not each.startswith(PREFIX) and len(each) >= _LONG]
    return [
        f"{printable(name)} is no setting, and nothing heeds it{_hint(name, settings)}"
        for name, value in sorted(values.items())
        if name not in settings
        and (
            not _is_others(name, value)
            if name.startswith(PREFIX)
            else nearest(name, others, alike=_ALIKE)
        )
    ]


def _is_others(name: str, value: str) -> bool:
    is_url = name == "FRING_PORT" and _SERVICE_URL in value
    return name in _OTHERS or is_url or _SERVICE.fullmatch(name) is not None


def _hint(name: str, settings: Collection[str]) -> str:
    meant = name.removeprefix(PREFIX).upper()
    bare = {setting.removeprefix(PREFIX): setting for setting in settings}
    found = [each for each in bare if each.endswith(f"_{meant}")] if meant not in bare else [meant]
    best = found[0] if found else nearest(meant, bare)
    if best:
        return f"; did you mean {bare[best]}?"
    return "; tokens need BETTER_AUTH_SECRET or FRING_JWKS_URL" if _OF_TOKENS.search(meant) else ""
