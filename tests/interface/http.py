"""The HTTP interface in lines: operations, what they take and answer, and the shapes of bodies."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from litestar.testing import TestClient

from tests.http.documented import JSON, application, operations_of

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS: Final = {"description", "summary", "title", "example", "examples"}


def rendered() -> Iterator[str]:
    """Yield the lines of the fullest document: that of secret mode, which has accounts."""
    with TestClient(application("secret")) as client:
        document = client.get("/openapi.json").json()
    operations = sorted(operations_of(document).items(), key=lambda each: each[0][::-1])
    for (method, path), operation in operations:
        token = " with a token" if operation["security"] else ""
        yield f"{method} {path or '/'} ({operation['operationId']}){token}"
        yield from _operation(operation)
        yield ""
    for name, schema in document["components"]["schemas"].items():
        yield name
        yield from _shape(schema)
        yield ""


def _operation(operation: Any) -> Iterator[str]:
    for each in operation.get("parameters", []):
        required = " required" if each["required"] else ""
        yield f"    {each['in']} {each['name']}{required}: {_line(each['schema'])}"
    if body := operation.get("requestBody"):
        required = " required" if body["required"] else ""
        yield f"    body{required}: {_line(body['content'][JSON]['schema'])}"
    for status, answer in operation["responses"].items():
        held = [_line(content["schema"]) for content in answer.get("content", {}).values()]
        yield f"    {' '.join([f'{status}:', *held, *sorted(answer.get('headers', {}))])}"


def _shape(schema: Any) -> Iterator[str]:
    rest = {key: value for key, value in schema.items() if key not in {"properties", "required"}}
    yield f"    {_line(rest)}"
    for name, field in schema.get("properties", {}).items():
        required = " required" if name in schema.get("required", []) else ""
        yield f"    {name}{required}: {_line(field)}"


def _line(schema: Any) -> str:
    return json.dumps(_wordless(schema), sort_keys=True).replace("#/components/schemas/", "")


def _wordless(schema: Any) -> Any:
    """Return a schema without what only people read."""
    if isinstance(schema, list):
        return [_wordless(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        # A property may be called like one of the words.
        key: {name: _wordless(each) for name, each in value.items()}
        if key == "properties"
        else _wordless(value)
        for key, value in schema.items()
        if key not in WORDS
    }
