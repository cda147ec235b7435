"""What every error becomes over HTTP, whichever API it comes from."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Annotated, Any, Final, cast

import attrs
import msgspec
from litestar import Response
from litestar.exceptions import HTTPException

from fring_core import (
    Forbidden,
    FringError,
    InvalidInput,
    InvalidKey,
    KeyInFlight,
    KeyReused,
    TransactionConflict,
    Unauthenticated,
    Unavailable,
    VersionConflict,
    errors,
)
from fring_http.api.exchanges import note
from fring_http.api.refusals.details import AWAY, BAD_TOKEN, CHANGED, TOO_LARGE
from fring_http.api.tags import version_tag

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from litestar import Request
    from litestar.types import ExceptionHandler, ExceptionHandlersMap

_log = logging.getLogger("fring.http")
_security = logging.getLogger("fring.security")

_NOT_FOUND: Final = 404
_STATUS_TOO_LARGE: Final = 413
_FROM_OUR_FAULTS_ON: Final = 500
ACCOUNTS: Final = "/api/v1/auth/"
CONFLICT: Final = "fring.conflict"  # of a scope: whoever can may try its request again
HAS_ACCOUNTS: Final = "has_accounts"  # of an application's state
_NO_ACCOUNTS: Final = ": this server keeps no accounts; `fring serve` does with BETTER_AUTH_SECRET"

CODES: Final[Mapping[int, str]] = {
    400: "validation",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "request_timeout",
    412: "precondition_failed",
    413: "too_large",
    415: "unsupported_media_type",
    421: "misdirected_request",
    422: "validation",
    428: "precondition_required",
    429: "too_many_requests",
    500: "internal",
    503: "unavailable",
}


_OF_THE_CORE: Final = {
    kind.code
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, FringError) and hasattr(kind, "code")
}
VALIDATION: Final = InvalidInput.code  # of its own kind of body
EVERY_CODE: Final = sorted(_OF_THE_CORE.union(CODES.values()))
CODES_OF_TEXTS: Final = [code for code in EVERY_CODE if code != VALIDATION]


# What a request's `Idempotency-Key` may be refused for.
STATUSES_OF_KEYS: Final[Mapping[type[FringError], int]] = {
    InvalidKey: 400,
    KeyInFlight: 409,
    KeyReused: 422,
}


def _one_of(words: Sequence[str]) -> msgspec.Meta:
    return msgspec.Meta(extra_json_schema={"enum": words})


class Error(msgspec.Struct):
    """Hold the body of an error: a text for people, a code for programs."""

    detail: str
    code: Annotated[str, _one_of(CODES_OF_TEXTS)]


class Fault(msgspec.Struct):
    """Hold one fault of an input: where it is, in words, and its kind."""

    loc: list[str]
    msg: str
    type: Annotated[str, _one_of(["missing", "type_error", "value_error", "json_invalid"])]


class UnknownName(Fault):
    """Hold the fault of a name that nobody reads."""


class ValidationError(msgspec.Struct):
    """Hold the body of a 422: every fault that was found, at least one."""

    detail: list[Fault]
    code: Annotated[str, _one_of([VALIDATION])] = VALIDATION


class Rejected(Exception):  # noqa: N818  # it says what was done with the request
    """Report input that the edge itself could not read."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(faults)
        self.faults = list(faults)


def error_response(
    status: int, detail: str, code: str, headers: Mapping[str, str] | None = None
) -> Response[Error]:
    """Return an error as a response."""
    return Response(Error(detail, code), status_code=status, headers=headers)


def _rejected(_: Request[Any, Any, Any], error: Rejected) -> Response[ValidationError]:
    return Response(ValidationError(error.faults), status_code=422)


def _invalid(request: Request[Any, Any, Any], error: InvalidInput) -> Response[ValidationError]:
    where = "query" if request.method in ("GET", "HEAD") else "body"
    faults = [Fault([where, p.field], p.message, p.kind) for p in error.problems]
    return Response(ValidationError(faults), status_code=422)


def _unavailable(request: Request[Any, Any, Any], error: Unavailable) -> Response[Error]:
    if isinstance(error, TransactionConflict):
        cast("dict[str, Any]", request.scope)[CONFLICT] = error
    note(request.scope, unavailable=str(error))  # `Outages` tells of it, not of each request
    return error_response(503, AWAY, "unavailable", {"Retry-After": "1"})


def _http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Error]:
    status = error.status_code
    if status >= _FROM_OUR_FAULTS_ON:
        _log.error("The framework failed", exc_info=error)
    detail = TOO_LARGE if status == _STATUS_TOO_LARGE else error.detail
    if status == _NOT_FOUND and not request.app.state.get(HAS_ACCOUNTS, True):
        detail += _NO_ACCOUNTS if request.scope["path"].startswith(ACCOUNTS) else ""
    return error_response(status, detail, CODES.get(status, "internal"), error.headers)


def _unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[Error]:
    _log.error("%s %r failed", request.method, request.scope["path"], exc_info=error)
    return error_response(500, "Internal server error", "internal")


def _unauthenticated(_: Request[Any, Any, Any], error: Unauthenticated) -> Response[Error]:
    # Why is for the log: whoever tries tokens out is not to learn from the answer.
    _security.info("refused, 401: %s", error.reason)
    if error.bad_token:
        headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        return error_response(401, BAD_TOKEN, error.code, headers)
    headers = {"WWW-Authenticate": "Bearer"}
    return error_response(401, error.reason, error.code, headers)


def _forbidden(_: Request[Any, Any, Any], error: Forbidden) -> Response[Error]:
    _security.warning("refused, 403: %s", error.reason)
    return error_response(403, error.reason, error.code)


def _changed(_: Request[Any, Any, Any], error: VersionConflict) -> Response[Error]:
    return error_response(412, CHANGED, error.code, {"ETag": version_tag(error.version)})


def _declared(request: Request[Any, Any, Any], error: FringError) -> Response[Error]:
    """Answer with the status and the text that the operation declares for this error."""
    for status, texts in request.route_handler.opt["errors"].items():
        if text := texts.get(type(error)):
            fields = attrs.asdict(cast("Any", error))
            return error_response(status, text.format_map(fields), error.code)
    return _unexpected(request, error)


def _of_a_key(
    _: Request[Any, Any, Any], error: InvalidKey | KeyInFlight | KeyReused
) -> Response[Error]:
    headers = {"Retry-After": "1"} if isinstance(error, KeyInFlight) else None
    return error_response(STATUSES_OF_KEYS[type(error)], str(error), error.code, headers)


HANDLERS: Final[ExceptionHandlersMap] = {
    **dict.fromkeys(STATUSES_OF_KEYS, _of_a_key),
    Rejected: _rejected,
    InvalidInput: _invalid,
    Unavailable: _unavailable,
    Unauthenticated: _unauthenticated,
    Forbidden: _forbidden,
    VersionConflict: _changed,
    FringError: _declared,
    HTTPException: _http,
    Exception: _unexpected,
}


def _kinds(kind: type[FringError]) -> set[type[FringError]]:
    return {kind}.union(*map(_kinds, kind.__subclasses__()))


def _handler(kind: type[FringError]) -> ExceptionHandler[Any]:
    return next(HANDLERS[base] for base in kind.__mro__ if base in HANDLERS)


# For routers, which may be part of any application. Litestar asks for the status first, then for
# the nearest class, whoever has named it: here each is named, so an application's handler for
# 404, or for `fring_core.NotFound`, does not change what Fring's routes answer.
ROUTER_HANDLERS: Final[ExceptionHandlersMap] = {
    **dict.fromkeys(CODES, _http),
    **{kind: _handler(kind) for kind in _kinds(FringError)},
    **HANDLERS,
}
