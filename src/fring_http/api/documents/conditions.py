"""What the document says of entity tags and preconditions, where an operation has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fring_http.api.shapes.json_schema import Json

_WITH_TAG: Final = ("200", "201", "304", "412")
_TAG: Final = r'(W/)?"[!#-~]*"'
_IF_NONE_MATCH: Final[Json] = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "Tags of answers that are known: to one of these, the answer is 304.",
    "schema": {"type": "string"},
    "example": '"1"',
}
_IF_MATCH: Final[Json] = {
    "name": "If-Match",
    "in": "header",
    "description": "The tag of what the change is meant for, or several, or `*` for any. Only the"
    " version counts, what is before a `-`. If there is another version by now, nothing is changed.",
    "schema": {
        "type": "string",
        "anyOf": [
            {"type": "string", "enum": ["*"]},
            {"type": "string", "pattern": rf"^{_TAG}( *, *{_TAG})*$"},
        ],
    },
    "example": "*",
}
_REFUSED: Final = {412: "It has another version than `If-Match` names"}
_ABSENT: Final = {428: "There is no `If-Match`"}
_ETAG: Final[Json] = {
    "description": "Which state it is: the version in quotes, with a digest behind it if others"
    " are shown too.",
    "required": True,
    "schema": {"type": "string"},
}


def _is_conditional(opt: Mapping[str, Any], method: str) -> bool:
    return opt["tagged"] and method not in ("GET", "POST")


def parameters(opt: Mapping[str, Any], method: str) -> list[Json]:
    """Return the headers that an operation reads."""
    if _is_conditional(opt, method):
        return [_IF_MATCH | {"required": opt["require_if_match"]}]
    return [_IF_NONE_MATCH] if opt["tagged"] and method == "GET" else []


def refused(opt: Mapping[str, Any], method: str) -> dict[int, str]:
    """Return what a change may be refused for by its precondition, by status."""
    if not _is_conditional(opt, method):
        return {}
    return _REFUSED | (_ABSENT if opt["require_if_match"] else {})


def unchanged(opt: Mapping[str, Any], method: str) -> Json:
    """Return the answer without a body, if an operation has one."""
    is_read = opt["tagged"] and method == "GET"
    return {"304": {"description": "It is one that `If-None-Match` names."}} if is_read else {}


def put_tags(responses: Json, opt: Mapping[str, Any]) -> None:
    """Put the tag into the description of each answer that has one."""
    for status in _WITH_TAG if opt["tagged"] else ():
        if status in responses:
            responses[status].setdefault("headers", {})["ETag"] = _ETAG
