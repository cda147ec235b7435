"""Run the entries that `tests.http.hurl` reads."""

from __future__ import annotations

import json
import re
import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import httpx

    from tests.http.hurl import Assert, Entry, Query

_TEMPLATE = re.compile(r"\{\{(\w+)\}\}")
_ABSENT = object()


class MismatchError(Exception):
    """Report an answer that is not as the file says."""


def run(entries: Iterable[Entry], variables: dict[str, Any], client: httpx.Client) -> None:
    """Send every request in turn; raise `MismatchError` at the first answer not as written."""
    variables = dict(variables)
    for entry in entries:
        response = _send(entry, variables, client)
        if response.status_code != entry.status:
            raise MismatchError(f"line {entry.line}: {response.status_code} {response.text}")
        for capture in entry.captures:
            value = _look(capture.query, response)
            if value is _ABSENT:
                raise MismatchError(f"line {entry.line}: nothing to capture as {capture.name}")
            variables[capture.name] = value
        for claim in entry.asserts:
            value = _look(claim.query, response)
            if not _holds(claim, value, variables):
                raise MismatchError(
                    f"line {claim.line}: {'nothing' if value is _ABSENT else value!r}"
                )


def _fill(text: str, variables: dict[str, Any]) -> str:
    def value(match: re.Match[str]) -> str:
        if match[1] == "newUuid":
            return str(uuid.uuid4())
        if match[1] not in variables:
            raise MismatchError(f"there is no variable {match[1]}")
        found = variables[match[1]]
        return found if isinstance(found, str) else json.dumps(found)

    return _TEMPLATE.sub(value, text)


def _send(entry: Entry, variables: dict[str, Any], client: httpx.Client) -> httpx.Response:
    headers = [(name, _fill(value, variables)) for name, value in entry.headers]
    parameters: list[tuple[str, str | int | float | bool | None]]
    parameters = [(name, _fill(value, variables)) for name, value in entry.parameters]
    if entry.body is not None and "content-type" not in {name.lower() for name, _ in headers}:
        headers.append(("Content-Type", "application/json"))
    return client.request(
        entry.method,
        _fill(entry.url, variables),
        headers=headers,
        # An empty list would take away the parameters that the URL has.
        params=parameters or None,
        content=None if entry.body is None else _fill(entry.body, variables),
    )


def _look(query: Query, response: httpx.Response) -> Any:
    found: Any
    if query.kind == "status":
        found = response.status_code
    elif query.kind == "header":
        values = response.headers.get_list(query.argument)
        found = values[0] if len(values) == 1 else values or _ABSENT
    else:
        found = _walk(response, query.argument)
    if not query.counted:
        return found
    return len(found) if isinstance(found, list) else _ABSENT


def _walk(response: httpx.Response, path: str) -> Any:
    try:
        found = response.json()
    except ValueError:
        return _ABSENT
    for name, index in re.findall(r"\.(\w+)|\[(\d+)\]", path):
        try:
            found = found[name or int(index)]
        except (KeyError, IndexError, TypeError):
            return _ABSENT
    return found


def _same(found: Any, value: Any) -> bool:
    return type(found) is type(value) and bool(found == value)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": _same,
    "!=": lambda found, value: not _same(found, value),
    "contains": lambda found, value: isinstance(found, str) and value in found,
    "startsWith": lambda found, value: isinstance(found, str) and found.startswith(value),
    "endsWith": lambda found, value: isinstance(found, str) and found.endswith(value),
    "isString": lambda found, _: isinstance(found, str),
    "isInteger": lambda found, _: type(found) is int,
    "isBoolean": lambda found, _: isinstance(found, bool),
    "isCollection": lambda found, _: isinstance(found, list | dict),
}


def _holds(claim: Assert, found: Any, variables: dict[str, Any]) -> bool:
    if claim.predicate == "exists":
        return (found is not _ABSENT) is not claim.negated
    # As in Hurl, nothing can be said about what is not there, not even with "not".
    if found is _ABSENT:
        return False
    if claim.predicate == "matches":
        holds = isinstance(found, str) and bool(re.search(claim.value[1:-1], found))
    else:
        value = _value(claim.value, variables) if claim.value else None
        holds = _COMPARE[claim.predicate](found, value)
    return holds is not claim.negated


def _value(written: str, variables: dict[str, Any]) -> Any:
    if written.startswith('"'):
        return _fill(written[1:-1], variables)
    name = _TEMPLATE.fullmatch(written)
    if name is None:
        return json.loads(written)
    if name[1] not in variables:
        raise MismatchError(f"there is no variable {name[1]}")
    return variables[name[1]]
