"""What an operation is, beside its code: read by the error handlers and by the documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypedDict

import msgspec
from litestar.datastructures import ResponseHeader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fring_core import Action, FringError
    from fring_http.api.shapes.json_schema import Body


# For each status that an operation can answer, the core errors behind it and their texts.
Refusals: TypeAlias = "Mapping[int, Mapping[type[FringError], str]]"

LOCATION: Final = ResponseHeader(
    name="Location",
    description="Where the new row is, relative to the address of the request.",
    required=True,
    documentation_only=True,
)


class Operation(TypedDict):
    """Name the query parameters, the body, the errors by status, and what it takes to be allowed.

    An `optional_body` counts if it is one, and is nothing otherwise. `action` None means reading
    for GET, and writing tasks for the rest. It is `tagged` if it is about one user or task: its
    answers have an entity tag, and preconditions count. `rate` names a limit of `Rates`, beside
    that on all requests. It `merges` if its body may be a merge patch (RFC 7396) by its media type.
    """

    query: tuple[str, ...]
    body: type[Body] | None
    optional_body: type[Body] | None
    errors: Refusals
    action: Action | None
    tagged: bool
    rate: str | None
    merges: bool


def operation(
    *,
    query: tuple[str, ...] = (),
    body: type[Body] | None = None,
    optional_body: type[Body] | None = None,
    errors: Refusals | None = None,
    action: Action | None = None,
    tagged: bool = False,
    rate: str | None = None,
    merges: bool = False,
) -> dict[str, Any]:
    """Describe an operation in a route handler's `opt`.

    The rest is in the decorator, and in the handler's docstring: its first line is the summary of
    the operation, what follows its description.
    """
    for each in (body, optional_body):
        if each is not None:
            # msgspec reads a type at its first use: in a test, perhaps, that has replaced `date`.
            msgspec.json.Decoder(each)
    return dict(
        Operation(
            query=query,
            body=body,
            optional_body=optional_body,
            errors=errors or {},
            action=action,
            tagged=tagged,
            rate=rate,
            merges=merges,
        )
    )
