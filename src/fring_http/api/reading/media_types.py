"""Which media type a client asks for (RFC 9110, 12.5.1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_QUALITY: Final = re.compile(r"\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*", re.IGNORECASE)
_JSON: Final = ("application/json", "application/*", "*/*")


def asks_for_html(accept: Sequence[str]) -> bool:
    """Tell whether `Accept` names `text/html`, and likes nothing of JSON better.

    Programs send `*/*`, or nothing: they get JSON.
    """
    asked = dict(map(_quality, ",".join(accept).split(",")))
    html = asked.get("text/html", 0.0)
    json = next((asked[name] for name in _JSON if name in asked), 0.0)
    return html > 0 and html >= json


def _quality(media_range: str) -> tuple[str, float]:
    name, *parameters = media_range.split(";")
    found = (_QUALITY.fullmatch(parameter) for parameter in parameters)
    return name.strip().lower(), next((float(match[1]) for match in found if match), 1.0)
