"""Every error that an operation can answer, as the OpenAPI document tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fring_http.errors import Error, ValidationError
from fring_http.json_schema import answer_schema
from fring_http.openapi_parameters import LIST_PATH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fring_core import FringError
    from fring_http.json_schema import Json

_ANYWHERE: Final = {503: "The store cannot be reached now"}
_WRITING: Final = {403: "A page of this origin may not write here"}
_WITH_BODY: Final = {
    408: "The body took too long to arrive",
    413: "The body is larger than 1 MiB",
    415: "The body is not plain JSON, or does not say that it is",
}
_SECURED: Final = {401: "There is no token, or it proves nothing", 403: "You may not do this"}
_REFUSED: Final = {
    400: "The request cannot be done",
    401: "The credentials are wrong",
    404: "There is no such task on this list",
    409: "The workflow does not allow it",
}
_HEADERS: Final = {
    401: ("WWW-Authenticate", "`Bearer`, with `error` if there was a token that proves nothing."),
    503: ("Retry-After", "How many seconds to wait before trying again."),
}
# What the texts of errors name, in the examples.
_NAMED: Final = {
    "status": "done",
    "user_id": 1001,
    "task_id": 2001,
    "before": "completed",
    "after": "canceled",
}


def refusals(opt: Mapping[str, Any], schemas: Json, *, takes: bool, writes: bool) -> Json:
    """Return the error responses of an operation, by status.

    `takes` is whether it has parameters or a body, `writes` whether it changes anything.
    """
    described = _ANYWHERE | (_WRITING if writes else {})
    if opt["body"] is not None:
        described |= _WITH_BODY
    elif opt["optional_body"] is not None:
        described |= {408: _WITH_BODY[408]}
    if opt["secured"]:
        described |= _SECURED
    for status in opt["errors"]:
        described.setdefault(status, _REFUSED[status])
    if opt["path"] == LIST_PATH:
        described.setdefault(404, "No list has this name")
    shape = answer_schema(Error, schemas)
    found = {
        str(status): _response(status, description, shape, opt["errors"].get(status, {}))
        for status, description in described.items()
    }
    if takes:
        invalid = answer_schema(ValidationError, schemas)
        found["422"] = _response(422, "The input is not valid", invalid, {})
    return dict(sorted(found.items()))


def _response(
    status: int, description: str, schema: Json, errors: Mapping[type[FringError], str]
) -> Json:
    content: Json = {"schema": schema}
    if errors:
        content["examples"] = {
            error.code: {"value": {"detail": text.format_map(_NAMED), "code": error.code}}
            for error, text in errors.items()
        }
    response: Json = {"description": description, "content": {"application/json": content}}
    if status in _HEADERS:
        name, meaning = _HEADERS[status]
        header = {"description": meaning, "required": True, "schema": {"type": "string"}}
        response["headers"] = {name: header}
    return response
