"""What an operation is, beside its code: read by the error handlers and by the documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from msgspec import Struct

    from fring_core import Action, FringError


# For each status that an operation can answer, the core errors behind it and their texts.
Refusals: TypeAlias = "Mapping[int, Mapping[type[FringError], str]]"


class Operation(TypedDict):
    """Name the query parameters, the body, the errors by status, and what it takes to be allowed.

    `action` None means reading for GET, and writing tasks for the rest.
    """

    query: tuple[str, ...]
    body: type[Struct] | None
    errors: Refusals
    action: Action | None


def operation(
    *,
    query: tuple[str, ...] = (),
    body: type[Struct] | None = None,
    errors: Refusals | None = None,
    action: Action | None = None,
) -> dict[str, Any]:
    """Describe an operation in a route handler's `opt`."""
    if body is not None:
        # msgspec reads a type at its first use: in a test, perhaps, that has replaced `date`.
        msgspec.json.Decoder(body)
    return dict(Operation(query=query, body=body, errors=errors or {}, action=action))
