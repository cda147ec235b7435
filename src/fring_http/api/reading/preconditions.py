"""Preconditions (RFC 9110, 13): what a client knows already, and what a change is meant for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

import attrs
import msgspec
from litestar.exceptions import HTTPException

from fring_core import VersionConflict
from fring_core.versions import NO_VERSION
from fring_http.api.answers import Answer, answer
from fring_http.api.refusals.details import UNCONDITIONAL
from fring_http.api.refusals.errors import Fault, Rejected
from fring_http.api.tags import body_tag, tags_in, version_of, version_tag

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from litestar import Request

T = TypeVar("T")
Shown = TypeVar("Shown")

_ANY: Final = "*"
_NO_TAGS: Final = Fault(
    ["header", "If-Match"],
    'must be *, or tags in quotes such as "3", with commas between them',
    "value_error",
)


class Versioned(Protocol):
    """Have a version."""

    @property
    def version(self) -> int:
        """Return how often it was changed, from 1."""
        ...


@attrs.frozen
class Expected:
    """Hold the versions that a change is meant for; None: any."""

    versions: frozenset[int] | None

    async def met(self, change: Callable[[int | None], Awaitable[T]]) -> T:
        """Return what `change` does at one of the versions; raise `VersionConflict`.

        The core compares one version. If the row has another one of these, that is tried.
        """
        if self.versions is None:
            return await change(None)
        left = {*self.versions}
        version = left.pop() if left else NO_VERSION
        while True:
            try:
                return await change(version)
            except VersionConflict as conflict:
                version = conflict.version
                if version not in left:
                    raise
                left.remove(version)


_ANY_VERSION: Final = Expected(None)


def read_if_match(request: Request[Any, Any, Any]) -> Expected:
    """Return the versions that `If-Match` names; raise `Rejected` (422) for what is no list.

    Raise 428 if it is absent, and must not be. A weak tag, or one that is not Fring's, names none
    (RFC 9110, 13.1.1).
    """
    header = _header(request, b"if-match")
    if header is None:
        if request.route_handler.opt["require_if_match"]:
            raise HTTPException(status_code=428, detail=UNCONDITIONAL)
        return _ANY_VERSION
    if header == _ANY:
        return _ANY_VERSION
    tags = tags_in(header)
    if not tags:
        raise Rejected(_NO_TAGS)
    named = (version_of(opaque) for weak, opaque in tags if not weak)
    return Expected(frozenset(version for version in named if version is not None))


def answered(
    request: Request[Any, Any, Any], shown: Shown, row: Versioned, *, with_others: bool = False
) -> Answer[Shown]:
    """Return what is shown of a row, with its tag, or 304 if `If-None-Match` names that.

    Other rows are shown too if it is `with_others`.
    """
    body = msgspec.json.encode(shown)
    tag = body_tag(row.version, body) if with_others else version_tag(row.version)
    header = _header(request, b"if-none-match")
    if header is not None and _names(header, tag):
        return Answer(None, {"ETag": tag}, 304)
    return Answer(body, {"ETag": tag})


def tagged(shown: Shown, row: Versioned) -> Answer[Shown]:
    """Return what is shown of a row that was changed, with its tag."""
    return answer(shown, {"ETag": version_tag(row.version)})


def _names(header: str, tag: str) -> bool:
    return header == _ANY or tag.strip('"') in {opaque for _, opaque in tags_in(header)}


def _header(request: Request[Any, Any, Any], wanted: bytes) -> str | None:
    """Return a header, of which there may be several lines, or None."""
    lines = [value for name, value in request.scope["headers"] if name == wanted]
    return b", ".join(lines).decode("latin-1").strip() if lines else None
