"""What the document says of errors where they are problems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from fring_http.api.refusals.errors import Fault
from fring_http.api.refusals.problems import MEDIA_TYPE, Problem, in_a_line, problem
from fring_http.api.shapes.json_schema import answer_schema

if TYPE_CHECKING:
    from fring_http.api.shapes.json_schema import Json

_FROM_ERRORS_ON: Final = 400
_REQUEST_ID: Final = "0d6c1a44b58d1f3900000001"


def as_problems(responses: Json, schemas: Json) -> None:
    """Turn the errors among an operation's responses into problems."""
    for status, response in responses.items():
        if int(status) >= _FROM_ERRORS_ON:
            [content] = response["content"].values()
            examples = {
                name: {"value": _problem(int(status), example["value"])}
                for name, example in content.get("examples", {}).items()
            }
            content = {"schema": answer_schema(Problem, schemas), "examples": examples}
            response["content"] = {MEDIA_TYPE: content}


def _problem(status: int, error: Json) -> Any:
    said = error["detail"]
    faults = [] if isinstance(said, str) else [Fault(**fault) for fault in said]
    detail = in_a_line(faults) or said
    found = problem({}, status, detail, error["code"], faults)
    found.request_id = _REQUEST_ID
    return msgspec.to_builtins(found)
