"""Origins, as browsers write them."""

from __future__ import annotations

import re
from typing import Final

from fring_http.api.door import authority

DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*", re.ASCII)
_ANY_LABEL: Final = "*."
_NO_ORIGIN: Final = "an origin looks like https://app.example"
_TOO_WIDE: Final = (
    "'*' may only stand for the first label of a host, as in https://*.example.com;"
    " name the origins"
)


def origin(text: str) -> str:
    """Return an origin as browsers write it: without a slash at its end, or its usual port.

    Its first label may be a `*`, which stands for one label, if two more follow.
    """
    scheme, found, place = text.strip().removesuffix("/").partition("://")
    scheme = scheme.lower()
    if not found or not _SCHEME.fullmatch(scheme):
        raise ValueError(_TOO_WIDE if "*" in text else _NO_ORIGIN)
    first = _ANY_LABEL if place.startswith(_ANY_LABEL) else ""
    try:
        host, port = authority.split(place.removeprefix(first))
    except ValueError:
        raise ValueError(_TOO_WIDE if "*" in place else f"{_NO_ORIGIN}, and has no path") from None
    if first and ("." not in host or authority.address_of(host)):
        raise ValueError(_TOO_WIDE)
    host = f"[{host}]" if ":" in host else host
    shown = f":{port}" if port and port != DEFAULT_PORTS.get(scheme) else ""
    return f"{scheme}://{first}{host}{shown}"
