"""Versions on the wire: the tag that a row comes with, and the one that a change is meant for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from fring_core import InvalidInput, Problem, VersionConflict
from fring_core.versions import NO_VERSION, expected

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fring_core import FringError

T = TypeVar("T")
Reader: TypeAlias = "Callable[[Any, int], T]"  # of JSON, and of the version that it came with

# A proxy that compresses an answer makes its tag a weak one.
_TAG: Final = re.compile(r'(?:W/)?"([1-9][0-9]{0,18})(?:-[^"]*)?"')
_REQUIRED: Final = (428, "precondition_required")


def version_in(headers: Mapping[str, str]) -> int:
    """Return the version of the row that an answer shows, 0 if it does not say."""
    tag = _TAG.fullmatch(headers.get("etag", ""))
    return int(tag[1]) if tag else NO_VERSION


def if_match(version: int | None) -> dict[str, str]:
    """Return the headers of a change that expects a version; raise `InvalidInput`."""
    version = expected(version)
    return {} if version is None else {"If-Match": f'"{version}"'}


def refusal(status: int, code: str, headers: Mapping[str, str]) -> FringError | None:
    """Return what an answer says of the version that was expected, None if it says nothing."""
    version = version_in(headers)
    if (status, code) == (412, VersionConflict.code) and version != NO_VERSION:
        return VersionConflict(version)
    if (status, code) == _REQUIRED:
        return InvalidInput((Problem("version", "must be given to this server", "missing"),))
    return None
