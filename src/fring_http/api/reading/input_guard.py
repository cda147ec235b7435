"""Look for what an operation does not read: query parameters, or a body where it takes none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fring_http.api.reading.bodies import announces_body
from fring_http.api.reading.query_strings import pairs_of
from fring_http.api.reading.unknown import refuse_or_note, refuse_or_note_body
from fring_http.api.refusals.errors import Fault, Rejected
from fring_http.api.shapes.parameters import PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fring_http.api.asgi import Event

LAST_COUNTS: Final = "last_counts"  # of a router: of a parameter that comes twice


def input_guard(scope: Event) -> None:
    """Have the answer name what is ignored; raise `Rejected` (422) if the router is strict.

    It is the last guard: who may not ask is not told about it.
    """
    opt = scope["route_handler"].opt
    if "query" not in opt:
        return  # OPTIONS
    faults: list[Fault] = []
    if given := scope["query_string"]:
        known = _names(opt)
        names = [name for name, _ in pairs_of(given, errors="replace")]
        unknown = [name for name in dict.fromkeys(names) if name not in known]
        told = [name for name in dict.fromkeys(names) if name in known]
        twice = [name for name in told if names.count(name) > 1]
        faults += refuse_or_note(scope, "query", unknown, known)
        if not opt.get(LAST_COUNTS):
            faults += refuse_or_note(scope, "query", twice, (), "must be given once")
    reads = opt["body"] or opt["optional_body"]
    if reads is None and announces_body(scope["headers"]):
        read = ", ".join(_names(opt))
        instead = f"the query is: {read}" if read else "nothing is"
        faults += refuse_or_note_body(scope, f"must be absent: it is not read here, {instead}")
    if faults:
        raise Rejected(*faults)


def _names(opt: Mapping[str, Any]) -> list[str]:
    """Return the query parameters that an operation reads."""
    return [PARAMETERS[key]["name"] for key in opt["query"]]
