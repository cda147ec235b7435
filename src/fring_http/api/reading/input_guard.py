"""Look for what an operation does not read: query parameters, or a body where it takes none."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from fring_http.api.reading.bodies import announces_body
from fring_http.api.reading.unknown import refuse_or_note, refuse_or_note_body
from fring_http.api.refusals.errors import Fault, Rejected
from fring_http.api.shapes.parameters import PARAMETERS

if TYPE_CHECKING:
    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler


async def input_guard(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """Have the answer name what is ignored; raise `Rejected` (422) if the router is strict.

    It is the last guard: who may not ask is not told about it.
    """
    if "query" not in handler.opt:
        return  # OPTIONS
    faults: list[Fault] = []
    if given := connection.scope["query_string"]:
        known = _names(handler)
        pairs = parse_qsl(given.decode("utf-8", "replace"), keep_blank_values=True)
        counts = Counter(name for name, _ in pairs)
        unknown = [name for name in counts if name not in known]
        twice = [name for name in counts if name in known and counts[name] > 1]
        faults += refuse_or_note(connection, "query", unknown, known)
        faults += refuse_or_note(connection, "query", twice, (), "must be given once")
    reads = handler.opt["body"] or handler.opt["optional_body"]
    if reads is None and announces_body(connection.scope["headers"]):
        read = ", ".join(_names(handler))
        instead = f"the query is: {read}" if read else "nothing is"
        faults += refuse_or_note_body(connection, f"must be absent: it is not read here, {instead}")
    if faults:
        raise Rejected(*faults)


def _names(handler: BaseRouteHandler) -> list[str]:
    """Return the query parameters that an operation reads."""
    return [PARAMETERS[key]["name"] for key in handler.opt["query"]]
