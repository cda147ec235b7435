"""Tell what a request says that nobody reads: a wrong name looks like a right one that was ignored.

`Fring-Ignored: query.limt, body.titel` names it beside any answer; a strict router refuses it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from fring_http.api.refusals.errors import Fault, UnknownName
from fring_http.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection, Iterable

    from fring_http.api.asgi import Application, Event, Reader, Writer

HEADER: Final = "Fring-Ignored"
MEANING: Final = (
    "What of the request nobody has read, if there is such: `query.` or `body.` and the name,"
    " separated by commas; `body` for one that is not read at all."
)
MOST_NAMES: Final = 16
MOST_CHARACTERS: Final = 64
_KEY: Final = "fring_ignored"


def refuse_or_note(
    scope: Event,
    where: str,
    names: Collection[str],
    known: Collection[str],
    why: str = "",
) -> list[Fault]:
    """Return what is wrong with a request that says these names, 16 at most, if it is strict.

    If not, nothing is wrong, and the answer names them. `why` says it of names that are known.
    """
    if names and scope["route_handler"].opt.get("strict_input"):
        return [_fault([where, name], name, known, why) for name in list(names)[:MOST_NAMES]]
    shown = list(names)[: MOST_NAMES + 1]  # one more than an answer names
    _note(scope, [f"{where}.{quote(name[:MOST_CHARACTERS], safe='')}" for name in shown])
    return []


def refuse_or_note_body(scope: Event, why: str) -> list[Fault]:
    """Return what is wrong with a request whose body is not read, if it is strict, as above."""
    if scope["route_handler"].opt.get("strict_input"):
        return [Fault(["body"], why, "value_error")]
    _note(scope, ["body"])
    return []


def _note(scope: Event, places: Iterable[str]) -> None:
    """Have the answer name these places as ignored."""
    scope.setdefault(_KEY, []).extend(places)


def _fault(loc: list[str], name: str, known: Collection[str], why: str) -> Fault:
    if why:
        return Fault(loc, why, "value_error")
    meant = nearest(name, known)
    instead = f"did you mean '{meant}'?" if meant else f"this takes {', '.join(known) or 'none'}"
    return UnknownName(loc, f"is not known; {instead}", "value_error")


def telling(app: Application) -> Any:
    """Return an application whose answers name what was ignored: a middleware of Litestar."""

    def answer(scope: Event, receive: Reader, send: Writer) -> Awaitable[None]:
        def send_telling(message: Event) -> Awaitable[None]:
            noted = scope.get(_KEY)
            if noted and message["type"] == "http.response.start":
                value = ", ".join(noted[:MOST_NAMES] + ["..."] * (len(noted) > MOST_NAMES))
                message["headers"] = [
                    *message["headers"],
                    (HEADER.lower().encode(), value.encode()),
                ]
            return send(message)

        return app(scope, receive, send_telling)

    return answer
