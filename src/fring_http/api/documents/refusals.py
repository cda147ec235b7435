"""Every error that an operation can answer, as the OpenAPI document tells it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec.structs import fields

from fring_core import Action, Forbidden, Identity, Role
from fring_http.api.documents.conditions import refused
from fring_http.api.reading.bodies import fault_of
from fring_http.api.reading.parameters import no_integer
from fring_http.api.refusals.details import (
    AWAY,
    BAD_TOKEN,
    CHANGED,
    FOREIGN,
    NO_TOKEN,
    NOT_FOUND,
    NOT_PLAIN,
    TOO_LARGE,
    TOO_MANY,
    TOO_SLOW,
    UNCONDITIONAL,
)
from fring_http.api.refusals.errors import CODES, Error, Fault, ValidationError
from fring_http.api.shapes.json_schema import answer_schema
from fring_http.api.shapes.parameters import LIST_PATH

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from fring_http.api.shapes.json_schema import Json

_ANYWHERE: Final = {
    429: "The caller has asked too often lately",
    503: "The store cannot be reached now",
}
_WRITING: Final = {403: "A page of this origin may not write here"}
_WITH_BODY: Final = {
    408: TOO_SLOW,
    413: TOO_LARGE,
    415: "The body is not plain JSON, or does not say that it is",
}
_SECURED: Final = {401: "There is no token, or it proves nothing", 403: "You may not do this"}
_REFUSED: Final = {
    400: "The request cannot be done",
    401: "The credentials are wrong",
    403: "You may not do this",
    404: "There is no such task on this list",
    409: "The workflow does not allow it",
    410: "It goes on from what is not kept any more",
}
_LATER: Final = {"Retry-After": "How many seconds to wait before trying again."}
_HEADERS: Final[Mapping[int, Mapping[str, str]]] = {
    401: {"WWW-Authenticate": "`Bearer`, with `error` if there was a token that proves nothing."},
    429: _LATER
    | {
        "RateLimit": "The limit's name, with `r=0`, what is left, and `t`, the seconds to wait.",
        "RateLimit-Policy": "The limit's name, with `q`, how many are let through in `w` seconds.",
    },
    410: {"Link": 'Where to start over, as `rel="first"`.'},
    503: _LATER,
}
# What is said in `detail` where no operation has words of its own.
_DETAILS: Final[Mapping[int, Sequence[str]]] = {
    401: (NO_TOKEN, BAD_TOKEN),
    403: (FOREIGN,),
    404: (NOT_FOUND,),
    408: (TOO_SLOW,),
    412: (CHANGED,),
    413: (TOO_LARGE,),
    415: (NOT_PLAIN,),
    428: (UNCONDITIONAL,),
    429: (TOO_MANY,),
    503: (AWAY,),
}
# What the texts of errors name, in the examples.
_NAMED: Final = {
    "status": "done",
    "user_id": 1001,
    "task_id": 2001,
    "webhook_id": 1,
    "delivery_id": 1,
    "before": "completed",
    "after": "canceled",
}


def refusals(
    operation: Json, opt: Mapping[str, Any], schemas: Json, *, takes: bool, method: str
) -> Json:
    """Return the error responses of an operation, by status.

    `operation` has its tags and parameters. `takes` is whether it has parameters or a body.
    """
    writes = method != "GET"
    described = _ANYWHERE | (_WRITING if writes else {})
    details: dict[int, Sequence[str]] = dict(_DETAILS)
    if opt["body"] is not None:
        described |= _WITH_BODY
    elif opt["optional_body"] is not None:
        described |= {408: _WITH_BODY[408]}
    if opt["secured"]:
        described |= _SECURED
        forbidden = _forbidden(operation["tags"], opt, writes=writes)
        details[403] = (*forbidden, *([FOREIGN] if writes else []))
        if not details[403]:
            del described[403]
    for status in opt["errors"]:
        described.setdefault(status, _REFUSED[status])
    if opt["path"] == LIST_PATH:
        described.setdefault(404, "No list has this name")
    described = refused(opt, method) | described
    shape = answer_schema(Error, schemas)
    found = {}
    for status, description in described.items():
        declared = opt["errors"].get(status, {})
        examples = {
            error.code: {"detail": text.format_map(_NAMED), "code": error.code}
            for error, text in declared.items()
        }
        # Which have other reasons too, wherever one is declared.
        is_of_all = status == HTTPStatus.FORBIDDEN or (
            status == HTTPStatus.UNAUTHORIZED and opt["secured"]
        )
        if not declared or is_of_all or opt["path"] == LIST_PATH:
            usual = details.get(status, ())
            examples |= {
                text.partition(":")[0]: {"detail": text, "code": CODES[status]} for text in usual
            }
        found[str(status)] = _response(status, description, shape, examples)
    if takes:
        faults = {"detail": [msgspec.to_builtins(_fault(operation, opt))], "code": CODES[422]}
        invalid = answer_schema(ValidationError, schemas)
        found["422"] = _response(422, "The input is not valid", invalid, {CODES[422]: faults})
    return dict(sorted(found.items()))


def _forbidden(tags: Collection[str], opt: Mapping[str, Any], *, writes: bool) -> tuple[str, ...]:
    """Return what somebody is told who may not do this; nothing if everybody may."""
    stranger = Identity("bob", Role.VIEWER)
    try:
        if "personal" in tags:
            stranger.check_owns("ann")
        elif "accounts" in tags:
            stranger.account_id()
        else:
            stranger.check_may(opt["action"] or (Action.WRITE_TASKS if writes else Action.READ))
    except Forbidden as error:
        return (error.reason,)
    return ()


def _fault(operation: Json, opt: Mapping[str, Any]) -> Fault:
    """Return what is wrong with an input of an operation that is of another type."""
    if opt["body"] is not None:
        first, *_ = fields(opt["body"])
        found = fault_of(first, {first.encode_name: msgspec.Raw(b"[]")})
        assert found is not None  # noqa: S101  # no field takes a list
        return found
    *_, last = (each for each in operation["parameters"] if each["schema"]["type"] == "integer")
    return no_integer(last["in"], last["name"])


def _response(status: int, description: str, schema: Json, examples: Json) -> Json:
    shown = {name: {"value": example} for name, example in examples.items()}
    content: Json = {"schema": schema, "examples": shown}
    response: Json = {"description": description, "content": {"application/json": content}}
    if status in _HEADERS:
        response["headers"] = {
            name: {"description": meaning, "required": True, "schema": {"type": "string"}}
            for name, meaning in _HEADERS[status].items()
        }
    return response
