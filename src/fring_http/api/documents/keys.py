"""What the document says of `Idempotency-Key`, where an operation takes one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fring_core import KeyInFlight
from fring_http.api.receipts import HEADER, REPLAYED, TAKES_KEYS, WRITING
from fring_http.api.refusals.errors import STATUSES_OF_KEYS, Error
from fring_http.api.shapes.json_schema import answer_schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fring_http.api.shapes.json_schema import Json

_KEY: Final[Json] = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "A name for this request, by which it is known when it is sent again: it is done"
    " once, and answered the same each time.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    "example": "5f3c0a52-8d5e-4c5b-9a43-b5ad6c1f8c11",
}
_REPLAYED: Final[Json] = {
    "description": "`true` if this is what the request was answered the first time.",
    "schema": {"type": "string", "const": "true"},
}
_AGAIN: Final[Json] = {
    "description": "How many seconds to wait before trying again.",
    "schema": {"type": "string"},
}


def takes_keys(opt: Mapping[str, Any], method: str) -> bool:
    """Tell whether an operation takes one."""
    return bool(opt.get(TAKES_KEYS)) and method in WRITING


def parameters() -> list[Json]:
    """Return the header that such an operation reads."""
    return [_KEY]


def put_answers(responses: Json, schemas: Json) -> None:
    """Put into an operation's responses what keys bring with them."""
    for status, response in responses.items():
        if status.startswith("2"):
            response.setdefault("headers", {})[REPLAYED] = _REPLAYED
    shape = answer_schema(Error, schemas)
    for error, number in STATUSES_OF_KEYS.items():
        said = str(error())
        example = {"value": {"detail": said, "code": error.code}}
        response = responses.setdefault(str(number), {"description": said, "content": {}})
        content = response["content"].setdefault("application/json", {"schema": shape})
        if content["schema"] != shape:
            content["schema"] = {"anyOf": [content["schema"], shape]}
        content.setdefault("examples", {})[error.code] = example
        if error is KeyInFlight:
            response.setdefault("headers", {})["Retry-After"] = _AGAIN
