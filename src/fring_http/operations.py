"""What an operation is, beside its code: read by the error handlers and by the documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from msgspec import Struct

    from fring_core import FringError


class Operation(TypedDict):
    """Name the query parameters, the body and the errors of an operation."""

    query: tuple[str, ...]
    body: type[Struct] | None
    errors: Mapping[type[FringError], str]


def operation(
    *,
    query: tuple[str, ...] = (),
    body: type[Struct] | None = None,
    errors: Mapping[type[FringError], str] | None = None,
) -> dict[str, Any]:
    """Describe an operation in a route handler's `opt`."""
    return dict(Operation(query=query, body=body, errors=errors or {}))
