"""What comes back: a result, or one of the core's errors. What is neither did not come from Fring."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeAlias, TypeVar
from urllib.parse import parse_qsl, urlsplit

import attrs

from fring_core import (
    Forbidden,
    FringError,
    InvalidInput,
    KeyInFlight,
    Problem,
    StoreUnavailable,
    TaskNotFound,
    TaskStatus,
    TransitionRefused,
    Unauthenticated,
)
from fring_http.client.addresses import SECRET
from fring_http.client.versions import refusal, version_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fring_http.client.versions import Reader

T = TypeVar("T")
Refusals: TypeAlias = "Mapping[type[Any], int]"  # leaves of the core's errors, and their statuses

SUCCESS: Final = {"GET": 200, "PUT": 200, "PATCH": 200, "POST": 201, "DELETE": 204}
# Of a server that is busy or away, or of what stands in front of it.
LATER: Final = frozenset({408, 429, 502, 503, 504})
ON_A_LIST: Final = {TaskNotFound: 404, TransitionRefused: 409}
NOT_YET: Final = "not_yet"  # of an event that is waited for
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
NEXT: Final = re.compile(r'<([^>]*)>\s*;[^,]*\brel="?next\b')
MOVE: Final = re.compile(r"Status cannot change from '(\w+)' to '(\w+)'")


def refusals(owner: str | None, *leaves: type[FringError]) -> Refusals:
    """Return the errors that a call may raise about what it names; the board's are all 400."""
    return {leaf: 400 if owner is None else ON_A_LIST[leaf] for leaf in leaves}


@attrs.define
class UnexpectedAnswer(FringError):  # noqa: N818  # named for what is wrong
    """Report an answer that Fring does not give to such a call: is the address right?

    Whether the call had an effect is not known. `status` is the answer's; `request` is the method
    and the URL, without its query and without a password.
    """

    code: ClassVar[str] = "unexpected_answer"
    status: int
    reason: str
    request: str = ""

    def __str__(self) -> str:
        return f"{self.request}: unexpected answer with status {self.status}: {self.reason}"


@attrs.frozen
class Answer:
    """Hold one answer to a request: its status, its headers by lower-case name, its body.

    `json` is None for an empty body; `fault` tells what a body is that is no JSON.
    """

    request: str
    status: int
    headers: Mapping[str, str]
    json: Any = None
    fault: str | None = None

    @property
    def code(self) -> object:
        """Return the name of an error, None if the answer says none."""
        return self.json.get("code") if isinstance(self.json, dict) else None

    @property
    def retry_after(self) -> float:
        """Return how many seconds the server wants to be left alone; 0 if it does not say."""
        try:
            return float(self.headers.get("retry-after", 0))
        except ValueError:
            return 0.0  # a date (RFC 9110, 10.2.3), which Fring does not send

    @property
    def is_for_later(self) -> bool:
        """Tell whether the same request may be answered in another way later."""
        is_under_way = self.status == 409 and self.code == KeyInFlight.code  # noqa: PLR2004
        return is_under_way or (self.status in LATER and self.code != NOT_YET)

    @property
    def next_cursor(self) -> str | None:
        """Return where the next page begins, or None if there is none."""
        link = NEXT.search(self.headers.get("link", ""))
        return dict(parse_qsl(urlsplit(link[1]).query)).get("after") if link else None

    def read(
        self,
        success: int,
        result: Reader[T],
        refusals: Refusals = MappingProxyType({}),
        about: Mapping[str, Any] = MappingProxyType({}),
    ) -> T:
        """Return the result of a call; raise one of its refusals, about its arguments.

        Raise `StoreUnavailable` if it is to be made later, and `UnexpectedAnswer` for all else.
        """
        if self.is_for_later:
            raise StoreUnavailable(f"{self.request}: the server answered {self.status}")
        if place := self._redirect():
            why = f"a redirect to {place}, which is not followed"
            raise UnexpectedAnswer(self.status, why, self.request)
        if self.fault is not None:
            raise UnexpectedAnswer(self.status, self.fault, self.request)
        try:
            if self.status == success:
                return result(self.json, version_in(self.headers))
            error = refusal(self.status, self.json["code"], self.headers) or self._error(
                refusals, about
            )
        except (AttributeError, KeyError, TypeError, ValueError):
            error = self._unexpected()
        raise error

    def _redirect(self) -> str:
        """Return where the answer leads, without password and query; nothing if it does not."""
        if self.status not in REDIRECTS:
            return ""
        return SECRET.sub("", self.headers.get("location", ""))

    def _error(self, refusals: Refusals, about: Mapping[str, Any]) -> FringError:
        code, detail = self.json["code"], self.json["detail"]
        if (self.status, code) == (401, Unauthenticated.code):
            bad_token = "error=" in self.headers.get("www-authenticate", "")
            return Unauthenticated(_text(detail), bad_token=bad_token)
        if (self.status, code) == (403, Forbidden.code):
            return Forbidden(_text(detail))
        if self.status == 422:  # noqa: PLR2004
            wrong = self.json.get("errors")
            return InvalidInput(_problems(detail) if wrong is None else _wrong(wrong))
        for leaf, status in refusals.items():
            if (self.status, code) == (status, leaf.code):
                if leaf is TransitionRefused:
                    return _refused_move(_text(detail))
                named: FringError = leaf(*(about[field.name] for field in attrs.fields(leaf)))
                return named
        return self._unexpected()

    def _unexpected(self) -> UnexpectedAnswer:
        return UnexpectedAnswer(self.status, f"{self.json!r:.200}", self.request)


def _refused_move(detail: str) -> TransitionRefused:
    move = MOVE.fullmatch(detail)
    if move is None:
        raise ValueError(detail)
    return TransitionRefused(TaskStatus(move[1]), TaskStatus(move[2]))


def _text(detail: Any) -> str:
    if not isinstance(detail, str):
        raise TypeError
    return detail


def _problems(detail: Any) -> tuple[Problem, ...]:
    if not isinstance(detail, list) or not detail:
        raise TypeError
    return tuple(map(_problem, detail))


def _wrong(errors: Any) -> tuple[Problem, ...]:
    """Return the faults that a problem (RFC 9457) names."""
    if not isinstance(errors, list) or not errors:
        raise TypeError
    return tuple(
        _problem(
            {
                "loc": [_text(each.get("parameter") or each["pointer"]).removeprefix("/")],
                "msg": each["detail"],
                "type": each["code"],
            }
        )
        for each in errors
    )


def _problem(fault: Any) -> Problem:
    if not isinstance(fault["loc"], list):
        raise TypeError
    where, *field = map(_text, fault["loc"])
    kind = fault["type"]
    return Problem(
        ".".join(field) or where,
        _text(fault["msg"]),
        kind if kind in ("missing", "type_error") else "value_error",
    )
