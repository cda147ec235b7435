"""Read requests strictly: bodies, query parameters and ids, or say what is wrong with them.

Frameworks are lenient where this contract is not (`"5"` for 5, `1_000` for 1000), so bytes are
decoded here, by msgspec and a few patterns.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import parse_qsl

import msgspec
from litestar.exceptions import HTTPException, InternalServerException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge

from fring_core import InvalidStatus, TaskStatus
from fring_core.ids import MAX_ID
from fring_http.errors import Fault, Rejected

if TYPE_CHECKING:
    from litestar import Request

T = TypeVar("T")

MAX_BODY_BYTES: Final = 2**20
BODY_SECONDS: Final = 10.0
JSON: Final = "application/json"

_INTEGER: Final = re.compile(r"-?[0-9]+", re.ASCII)
_MOST_DIGITS: Final = 4000  # Python refuses to convert more than 4,300
_BOOLEANS: Final = {"true": True, "1": True, "false": False, "0": False}
_AT: Final = re.compile(r"(?P<message>.*?)(?: - at `(?:key in )?\$(?P<path>.*)`)?", re.DOTALL)
_MISSING: Final = re.compile(r"Object missing required field `(\w+)`")


async def read_body(request: Request[Any, Any, Any], shape: type[T]) -> T:
    """Return the JSON body as `shape`.

    Raise `Rejected` (422) for anything but JSON of that shape, and `HTTPException` with 415 for
    a body that is not plain JSON by its headers or that does not say what it is, 413 for one over 1 MiB, or 408 for one that
    takes more than 10 seconds to arrive.
    """
    media_type = _media_type(request)
    if media_type not in ("", JSON):
        raise _unsupported()
    body = await _bytes(request)
    if body and not media_type:  # a page may send such a body anywhere, and nobody asks it first
        raise _unsupported()
    try:
        body.decode()  # msgspec passes over the fields that it does not know
        return msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError as error:
        raise Rejected(_fault(str(error))) from None
    except (ValueError, RecursionError) as error:
        fault = Fault(["body"], f"The body is not valid JSON: {error}", "json_invalid")
        raise Rejected(fault) from None


async def read_optional_body(request: Request[Any, Any, Any], shape: type[T]) -> T | None:
    """Return the body if it is plain JSON of this shape, by its headers too; None if it is not.

    Only a body that does not arrive whole is refused, as by `read_body`: nobody knows what it says.
    """
    if _media_type(request) != JSON:
        return None
    try:
        body = await _bytes(request)
        body.decode()
        return msgspec.json.decode(body, type=shape)
    except (RequestEntityTooLarge, ValueError, RecursionError):
        return None


def _media_type(request: Request[Any, Any, Any]) -> str:
    """Return what a body says it is, `?` if it says it twice or is encoded, or nothing."""
    given, *more = request.headers.getall("content-type", [""])
    if more or "content-encoding" in request.headers:
        return "?"
    return given.partition(";")[0].strip().lower()


async def _bytes(request: Request[Any, Any, Any]) -> bytes:
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await request.body()
    except TimeoutError:
        raise HTTPException(status_code=408, detail="The body took too long to arrive") from None
    except InternalServerException as error:
        if error.detail != "client disconnected prematurely":
            raise
        raise HTTPException(status_code=400, detail="The client left") from None


def _unsupported() -> HTTPException:
    detail = "The body must be plain JSON, with Content-Type: application/json"
    return HTTPException(status_code=415, detail=detail)


def _fault(text: str) -> Fault:
    found = _AT.fullmatch(text)
    assert found is not None  # noqa: S101  # the pattern takes any text
    loc = ["body", *filter(None, re.split(r"[.\[\]]", found["path"] or ""))]
    message = found["message"]
    if missing := _MISSING.fullmatch(message):
        return Fault([*loc, missing[1]], "Field required", "missing")
    kind = "value_error" if message.startswith("Invalid") else "type_error"
    return Fault(loc, message, kind)


def read_id(name: str, text: str) -> int:
    """Return the id in a path segment; raise `Rejected` (422) if it is not an integer.

    Integers of any length are taken: those that no row can have lead to 'not found' later.
    """
    if not _INTEGER.fullmatch(text):
        raise Rejected(Fault(["path", name], "must be an integer", "type_error"))
    return int(text) if len(text) <= _MOST_DIGITS else MAX_ID + 1


class Query:
    """Read the query parameters of a request; the last of a repeated one counts.

    Raise `Rejected` (422) for a query that is not percent-encoded UTF-8.
    """

    def __init__(self, request: Request[Any, Any, Any]) -> None:
        try:
            text = request.scope["query_string"].decode()
            pairs = parse_qsl(text, keep_blank_values=True, errors="strict")
        except UnicodeDecodeError:
            raise Rejected(Fault(["query"], "must be UTF-8", "value_error")) from None
        self._values = dict(pairs)

    def given(self, *names: str) -> dict[str, str]:
        """Return those of these parameters that are there, as they are."""
        return {name: self._values[name] for name in names if name in self._values}

    def text(self, name: str) -> str | None:
        """Return a parameter as it is, or None if it is absent."""
        return self._values.get(name)

    def integer(self, name: str, default: int) -> int:
        """Return a parameter as an integer; raise `Rejected` (422) if it is none."""
        text = self._values.get(name)
        if text is None:
            return default
        if not _INTEGER.fullmatch(text) or len(text) > _MOST_DIGITS:
            raise Rejected(Fault(["query", name], "must be an integer", "type_error"))
        return int(text)

    def boolean(self, name: str) -> bool | None:
        """Return true, false, 1 or 0 (in any case) as a bool, None if absent or empty."""
        text = self._values.get(name)
        if not text:
            return None
        if text.lower() not in _BOOLEANS:
            raise Rejected(Fault(["query", name], "must be true, false, 1 or 0", "type_error"))
        return _BOOLEANS[text.lower()]

    def status(self, name: str) -> TaskStatus | None:
        """Return a parameter as a status, None if absent or empty; raise `Rejected` (422)."""
        return self.required_status(name) if self._values.get(name) else None

    def required_status(self, name: str) -> TaskStatus:
        """Return a parameter as a status; raise `Rejected` (422) if it is absent or names none."""
        text = self._values.get(name)
        if text is None:
            raise Rejected(Fault(["query", name], "Field required", "missing"))
        try:
            return TaskStatus.parse(text)
        except InvalidStatus as error:
            raise Rejected(Fault(["query", name], str(error), "value_error")) from None
