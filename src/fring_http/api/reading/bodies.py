"""Read bodies strictly, or say all that is wrong with them.

Frameworks are lenient where this contract is not (`"5"` for 5), so bytes are decoded here, by
msgspec.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import msgspec
from litestar.exceptions import HTTPException, InternalServerException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from msgspec.structs import fields

from fring_http.api.reading.unknown import refuse_or_note, refuse_or_note_body
from fring_http.api.reading.wording import must_be
from fring_http.api.refusals.details import NOT_PLAIN, TOO_SLOW
from fring_http.api.refusals.errors import Fault, Rejected

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from litestar import Request
    from msgspec.structs import FieldInfo

    from fring_http.api.asgi import Event
    from fring_http.api.shapes.json_schema import Body

T = TypeVar("T", bound="Body")

MAX_BODY_BYTES: Final = 2**20
BODY_SECONDS: Final = 10.0
JSON: Final = "application/json"
MERGE_PATCH: Final = "application/merge-patch+json"

# Servers look at the end of `gzip, chunked`, and hand over what is still zipped.
_PLAIN: Final[tuple[list[str], ...]] = ([], ["chunked"])
_MEMBERS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_WRONG: Final = {"Input data was truncated": "it ends too early"}


async def read_body(request: Request[Any, Any, Any], shape: type[T]) -> T:
    """Return the JSON body as `shape`.

    Members that it does not have are named in the answer, but for those that answers show
    (`shape.shown`) and clients send back. Raise `Rejected` (422), with all faults, for anything but
    JSON of that shape, for unknown members too where the router is strict; and `HTTPException` with
    415 for a body that is not plain JSON by its headers or that does not say what it is, 413 for
    one over 1 MiB, or 408 for one that takes more than 10 seconds to arrive.
    """
    media_type = _media_type(request)
    merges = request.route_handler.opt["merges"]
    if media_type not in ("", JSON) and not (merges and media_type == MERGE_PATCH):
        raise _unsupported()
    body = await read_bytes(request)
    if body and not media_type:  # a page may send such a body anywhere, and nobody asks it first
        raise _unsupported()
    if not body:
        raise Rejected(Fault(["body"], "must be a JSON object; it is empty", "json_invalid"))
    try:
        body.decode()  # msgspec passes over the fields that it does not know
        return _decoded(request, body, shape)
    except UnicodeDecodeError as error:
        wrong = f"it is not UTF-8 (byte {error.start})"
    except RecursionError:
        wrong = "it is nested too deeply"
    except ValueError as error:
        said = _WRONG.get(str(error), str(error)).removeprefix("JSON is malformed: ")
        wrong = _half_a_character(body) or said
    raise Rejected(Fault(["body"], f"The body is not valid JSON: {wrong}", "json_invalid"))


def _half_a_character(body: bytes) -> str | None:
    """Return which lone surrogate a body has, None if it has none: msgspec calls it cut short.

    They come about where a text is cut by UTF-16 units, as JavaScript's `slice` does.
    """
    try:
        json.dumps(json.loads(body), ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        half = f"\\u{ord(error.object[error.start]):04x}"
        return f"a text has half a character, {half} (a lone surrogate)"
    except (ValueError, RecursionError):
        pass
    return None


async def read_optional_body(request: Request[Any, Any, Any], shape: type[T]) -> T | None:
    """Return the body if it is plain JSON of this shape, by its headers too; None if it is not.

    The answer names what is ignored, the whole body if it is, or a strict router refuses it (422).
    One that does not arrive whole is refused as by `read_body`: nobody knows what it says.
    """
    try:
        if _media_type(request) == JSON:
            body = await read_bytes(request)
            body.decode()
            value = msgspec.json.decode(body, type=shape)
            faults = _unknown(request, _MEMBERS.decode(body), shape)
            if faults:
                raise Rejected(*faults)
            return value
    except (RequestEntityTooLarge, ValueError, RecursionError):
        pass
    if announces_body(request.scope["headers"]):
        named = " and ".join(f.encode_name + f" {must_be(f.type)}" for f in fields(shape))
        why = f"must be absent, or a JSON object with Content-Type: {JSON}, in which {named}"
        faults = refuse_or_note_body(cast("Event", request.scope), why)
        if faults:
            raise Rejected(*faults)
    return None


def _media_type(request: Request[Any, Any, Any]) -> str:
    """Return what a body says it is, `?` if it says it twice or is encoded, or nothing."""
    headers = request.headers
    given, *more = headers.getall("content-type", [""])
    codings = [each.lower() for each in headers.getall("transfer-encoding", [])]
    if more or "content-encoding" in headers or codings not in _PLAIN:
        return "?"
    return given.partition(";")[0].strip().lower()


async def read_bytes(request: Request[Any, Any, Any]) -> bytes:
    """Return the body, whatever it is; raise 413 and 408 as `read_body`."""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await request.body()
    except TimeoutError:
        raise HTTPException(status_code=408, detail=TOO_SLOW) from None
    except InternalServerException as error:
        if error.detail != "client disconnected prematurely":
            raise
        raise HTTPException(status_code=400, detail="The client left") from None


def _unsupported() -> HTTPException:
    return HTTPException(status_code=415, detail=NOT_PLAIN)


def _decoded(request: Request[Any, Any, Any], body: bytes, shape: type[T]) -> T:
    try:
        members = _MEMBERS.decode(body)
    except msgspec.ValidationError:
        raise Rejected(Fault(["body"], "must be a JSON object", "type_error")) from None
    faults = _unknown(request, members, shape)
    try:
        value = msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError:
        named = [fault for field in fields(shape) if (fault := fault_of(field, members))]
        twice = Fault(["body"], "must name each member once", "value_error")
        raise Rejected(*(named or [twice]), *faults) from None
    if faults:
        raise Rejected(*faults)
    return value


def _unknown(
    request: Request[Any, Any, Any], members: Mapping[str, msgspec.Raw], shape: type[Body]
) -> list[Fault]:
    known, shown = shape.__struct_encode_fields__, shape.shown
    unknown = [name for name in members if name not in known and name not in shown]
    return refuse_or_note(cast("Event", request.scope), "body", unknown, known)


def fault_of(field: FieldInfo, members: Mapping[str, msgspec.Raw]) -> Fault | None:
    """Return what is wrong with a member of a body, None if nothing is."""
    loc, given = ["body", field.encode_name], members.get(field.encode_name)
    if given is None:
        return Fault(loc, "Field required", "missing") if field.required else None
    try:
        msgspec.json.decode(given, type=field.type)
    except msgspec.ValidationError as error:
        # It says that it expected one type and got another, or a limit behind the type.
        expected, got, _ = str(error).partition(", got ")
        limit = "" if got or expected.startswith("Invalid") else expected.rpartition("`")[2]
        kind = "type_error" if got else "value_error"
        return Fault(loc, must_be(field.type) + limit, kind)
    return None


def announces_body(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Tell whether a request has a body, by its headers as ASGI has them."""
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value != b"0")
        for name, value in headers
    )
