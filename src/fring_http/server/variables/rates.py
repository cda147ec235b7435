"""How often something may be done, as settings say it."""

from __future__ import annotations

import re
from typing import Final

from fring_http.api.rates import Rate

_UNITS: Final = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
_RATE: Final = re.compile(r"([1-9][0-9]{0,5})/(second|minute|hour|day)")
OFF: Final = "off"


def rate(text: str) -> Rate | None:
    """Return a rate such as `10/minute`; None for `off`."""
    if text.lower() == OFF:
        return None
    found = _RATE.fullmatch(text.lower())
    if not found:
        units = ", ".join(_UNITS)
        raise ValueError(f"must be a number to 999999 in a unit ({units}), as 10/minute, or {OFF}")
    return Rate(int(found[1]), _UNITS[found[2]])
