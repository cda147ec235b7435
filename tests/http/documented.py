"""What the server says of itself: every operation of its OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs
import httpx
from jsonschema_rs import validator_for

from fring_adapters.clock import utc_now
from fring_adapters.identity import Argon2Passwords, SecretTokens
from fring_adapters.memory import MemoryStore
from fring_core import Fring
from fring_http.api.app import create_app
from tests.http.tokens import SECRET

if TYPE_CHECKING:
    from collections.abc import Mapping

VERBS: Final = ("post", "get", "put", "patch", "delete", "head", "options", "trace")
JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"
STREAM: Final = "text/event-stream"


def application(mode: str) -> Any:
    """Return an application on an empty memory store: in mode off, secret or jwks."""
    tokens = SecretTokens(SECRET)
    fring = Fring(
        MemoryStore(),
        clock=utc_now,
        passwords=Argon2Passwords(),
        issuer=tokens if mode == "secret" else None,
    )
    return create_app(fring, tokens=None if mode == "off" else tokens)


def valid(document: Any, schema: Any, value: Any) -> bool:
    """Tell whether a value is what a schema of a document says."""
    return validator_for({**schema, "components": document["components"]}).is_valid(value)


def operations(url: str) -> Mapping[tuple[str, str], Any]:
    """Return each operation of a server by its method and path, without a slash at the end."""
    document = httpx.get(f"{url}/openapi.json", verify=False).json()
    return operations_of(document)


def operations_of(document: Any) -> Mapping[tuple[str, str], Any]:
    """Return each operation of a document by its method and path, without a slash at the end."""
    return {
        (method.upper(), path.rstrip("/")): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in VERBS
    }


def is_endless(operation: Any) -> bool:
    """Tell whether an operation's answer goes on as long as somebody reads it."""
    return STREAM in operation["responses"].get("200", {}).get("content", {})


@attrs.frozen
class Example:
    """Hold a request that the document itself shows, and whether it needs a token."""

    method: str
    path: str
    query: dict[str, Any]
    body: Any
    tag: str
    secured: bool


def examples(document: Any) -> list[Example]:
    """Return a request for each operation, as `/docs` fills it in, in an order that can work.

    What is made comes first, then what is open; a row is deleted last, and what lies deepest
    goes first.
    """

    def rank(key: tuple[str, str]) -> tuple[Any, ...]:
        method, path = key
        operation = found[key]
        makes = "201" in operation["responses"] and "requestBody" in operation
        return (
            not makes,
            bool(operation["security"]),
            method == "DELETE" and path.count("{") == 1,
            "delivery_id" in path,  # which a test of a webhook makes
            -path.count("/"),
            path,
            VERBS.index(method.lower()),
        )

    found = operations_of(document)
    ended = [key for key in sorted(found, key=rank) if not is_endless(found[key])]
    return [_example(method, path, found[method, path]) for method, path in ended]


def _example(method: str, path: str, operation: Any) -> Example:
    parameters = operation.get("parameters", [])
    given = {
        place: {
            parameter["name"]: _filled_in(parameter)
            for parameter in parameters
            if parameter["in"] == place and _filled_in(parameter) is not None
        }
        for place in ("path", "query")
    }
    body = None
    if "requestBody" in operation:
        shown = operation["requestBody"]["content"][JSON]["examples"]
        body = next(iter(shown.values()))["value"]
    (tag,) = operation["tags"]
    at = path.format(**given["path"]) or "/"
    return Example(method, at, given["query"], body, tag, bool(operation["security"]))


def _filled_in(parameter: Any) -> Any:
    return parameter.get("example", parameter["schema"].get("default"))
