"""Problems: what errors become on `/api/v2` (RFC 9457), made of what they are elsewhere."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias

import msgspec
from litestar import Response
from msgspec import UNSET, Struct, UnsetType

from fring_http.api.exchanges import EXCHANGE
from fring_http.api.refusals.errors import (
    EVERY_CODE,
    HANDLERS,
    ROUTER_HANDLERS,
    VALIDATION,
    Fault,
    UnknownName,
    ValidationError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from litestar import Request
    from litestar.types import ExceptionHandler, ExceptionHandlersMap

    Handler: TypeAlias = ExceptionHandler[Any]

MEDIA_TYPE: Final = "application/problem+json"
PREFIX: Final = "/api/v2"
PROBLEMS: Final = "problems"  # of a router: its errors are
UNKNOWN_FIELD: Final = "unknown_field"
UNKNOWN_PARAMETER: Final = "unknown_parameter"
NOT_YET: Final = "not_yet"
_OF_NAMES: Final = (UNKNOWN_FIELD, UNKNOWN_PARAMETER)
CODES_OF_PROBLEMS: Final = sorted({*EVERY_CODE, *_OF_NAMES, NOT_YET})


class Wrong(Struct):
    """Hold one fault of an input: where it is, its kind, and what is wrong, in words."""

    code: str
    detail: str
    pointer: str | UnsetType = UNSET
    parameter: str | UnsetType = UNSET


class Problem(Struct):
    """Hold the body of an error; `type` is a page of this server that tells what to do about it."""

    type: str
    title: str
    status: int
    detail: str
    code: Annotated[str, msgspec.Meta(extra_json_schema={"enum": CODES_OF_PROBLEMS})]
    request_id: str
    errors: list[Wrong] | UnsetType = UNSET


def problem(
    scope: Mapping[str, Any], status: int, detail: str, code: str, faults: Sequence[Fault] = ()
) -> Problem:
    """Return the problem that an error of a request is."""
    exchange = scope.get(EXCHANGE)
    wrong = [_wrong(fault) for fault in faults]
    return Problem(
        f"/problems/{code}",
        HTTPStatus(status).phrase,
        status,
        detail,
        code,
        exchange.id if exchange else "",
        wrong or UNSET,
    )


def in_a_line(faults: Sequence[Fault]) -> str:
    """Return what is wrong, where, in one text."""
    return "; ".join(f"{'.'.join(fault.loc)}: {fault.msg}" for fault in faults)


def as_problem(scope: Mapping[str, Any], response: Response[Any]) -> Response[bytes]:
    """Return an error as a problem."""
    said, status = response.content, response.status_code or HTTPStatus.INTERNAL_SERVER_ERROR
    if isinstance(said, ValidationError):
        kinds = {_wrong(fault).code for fault in said.detail}
        code = next((name for name in _OF_NAMES if kinds == {name}), VALIDATION)
        body = problem(scope, status, in_a_line(said.detail), code, said.detail)
    else:
        body = problem(scope, status, said.detail, said.code)
    return Response(
        msgspec.json.encode(body),
        status_code=status,
        headers=response.headers,
        media_type=MEDIA_TYPE,
    )


def is_for_problems(scope: Mapping[str, Any]) -> bool:
    """Tell whether a request is for an API whose errors are problems."""
    path: str = scope["path"]
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def _wrong(fault: Fault) -> Wrong:
    where, *names = fault.loc
    if where == "body":
        code = UNKNOWN_FIELD if isinstance(fault, UnknownName) else fault.type
        return Wrong(code, fault.msg, pointer="".join(f"/{_escaped(name)}" for name in names))
    code = UNKNOWN_PARAMETER if isinstance(fault, UnknownName) else fault.type
    return Wrong(code, fault.msg, parameter=".".join(names) or where)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")  # RFC 6901


def _always(handler: Handler) -> Handler:
    def answer(request: Request[Any, Any, Any], error: Any) -> Response[Any]:
        return as_problem(request.scope, handler(request, error))

    return answer


def _there(handler: Handler) -> Handler:
    answer: Callable[..., Response[Any]] = _always(handler)

    def answer_there(request: Request[Any, Any, Any], error: Any) -> Response[Any]:
        return (answer if is_for_problems(request.scope) else handler)(request, error)

    return answer_there


# Those of a router, and those of an application, which answers where no router does.
PROBLEM_HANDLERS: Final[ExceptionHandlersMap] = {
    kind: _always(handler) for kind, handler in ROUTER_HANDLERS.items()
}
APPLICATION_HANDLERS: Final[ExceptionHandlersMap] = {
    kind: _there(handler) for kind, handler in HANDLERS.items()
}
