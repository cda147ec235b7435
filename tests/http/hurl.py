"""Read the subset of Hurl that the files in `tests/hurl` keep to; refuse everything else.

    METHOD http://…              no fragments, no spaces
    Name: value                  headers
    [Query]                      also [QueryStringParams]; lines like those of headers
    { … }                        a JSON body: on one line, or up to a line that is only `}`
    HTTP 201
    [Captures]                   name: query
    [Asserts]                    query predicate

A query is `status`, `header "Name"` or `jsonpath "$.a[0].b"`, followed by `count` or not.
Predicates are those of `PREDICATES`, after `not` or not. Comments have lines of their own.
`{{name}}` stands for a variable, `{{newUuid}}` for a new UUID.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable

METHODS = "GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS"

# What kind of value follows each predicate, as a pattern.
_VALUE = r'"[^"\\]*"|-?\d+|true|false|null|\{\{\w+\}\}'
_TEXT = r'"[^"\\]*"'
PREDICATES = {
    "==": _VALUE,
    "!=": _VALUE,
    "contains": _TEXT,
    "startsWith": _TEXT,
    "endsWith": _TEXT,
    "matches": r"/(?:[^/\\\n]|\\.)+/",
    **dict.fromkeys(("exists", "isString", "isInteger", "isBoolean", "isCollection"), ""),
}

_REQUEST = re.compile(rf"({METHODS}) (http://[^\s#\\]+)")
_RESPONSE = re.compile(r"HTTP (\d{3})")
_PAIR = re.compile(r"([A-Za-z][\w-]*): ([^#\\]*)")
_QUERY = r'(status|(?:header|jsonpath) "[^"\\{}]*")( count)?'
_CAPTURE = re.compile(rf"(\w+): {_QUERY}")
_ASSERT = re.compile(rf"{_QUERY}( not)? (\S+)(?: (.+))?")
_PATH = re.compile(r"\$(?:\.[A-Za-z_]\w*|\[\d+\])*")


class UnknownSyntaxError(Exception):
    """Report a line that is not in the subset."""


class Query(NamedTuple):
    """Say what to look at in an answer: `argument` is a header's name or a JSON path."""

    kind: str
    argument: str
    counted: bool


@attrs.define
class Capture:
    """Say which variable is to hold what."""

    name: str
    query: Query


@attrs.define
class Assert:
    """Say what must hold; `value` is as written, or empty."""

    line: int
    query: Query
    negated: bool
    predicate: str
    value: str


@attrs.define
class Entry:
    """Hold a request and what its answer must be."""

    line: int
    method: str
    url: str
    headers: list[tuple[str, str]] = attrs.Factory(list)
    parameters: list[tuple[str, str]] = attrs.Factory(list)
    body: str | None = None
    status: int | None = None
    captures: list[Capture] = attrs.Factory(list)
    asserts: list[Assert] = attrs.Factory(list)


def read(text: str) -> list[Entry]:
    """Return the entries of a Hurl file; raise `UnknownSyntaxError` at the first line not in the subset."""
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1)]
    lines = [(number, line) for number, line in lines if line and not line.startswith("#")]
    lines.reverse()
    entries: list[Entry] = []
    while lines:
        entries.append(_read_entry(lines))
    if not entries:
        raise UnknownSyntaxError("the file holds no request")
    return entries


def _read_entry(lines: list[tuple[int, str]]) -> Entry:
    number, line = lines.pop()
    method, url = _match(_REQUEST, number, line)
    entry = Entry(number, method, url)
    _read_lines(lines, _PAIR, lambda _, pair: entry.headers.append(pair))
    if _next(lines) in {"[Query]", "[QueryStringParams]"}:
        lines.pop()
        _read_lines(lines, _PAIR, lambda _, pair: entry.parameters.append(pair))
    if _next(lines).startswith("{"):
        entry.body = _read_body(lines)
    if not lines:
        raise UnknownSyntaxError(f"line {number}: the request is followed by no answer")
    entry.status = int(_match(_RESPONSE, *lines.pop())[0])
    if _next(lines) == "[Captures]":
        lines.pop()
        _read_lines(lines, _CAPTURE, lambda n, found: entry.captures.append(_capture(n, found)))
    if _next(lines) == "[Asserts]":
        lines.pop()
        _read_lines(lines, _ASSERT, lambda n, found: entry.asserts.append(_assert(n, found)))
    return entry


def _match(pattern: re.Pattern[str], number: int, line: str) -> tuple[str, ...]:
    found = pattern.fullmatch(line)
    if found is None:
        raise UnknownSyntaxError(f"line {number}: {line}")
    return found.groups(default="")


def _next(lines: list[tuple[int, str]]) -> str:
    return lines[-1][1] if lines else ""


def _read_lines(
    lines: list[tuple[int, str]], pattern: re.Pattern[str], found: Callable[..., None]
) -> None:
    while lines and (match := pattern.fullmatch(lines[-1][1])):
        number, _ = lines.pop()
        found(number, match.groups(default=""))


def _read_body(lines: list[tuple[int, str]]) -> str:
    number, body = lines.pop()
    while not body.endswith("}") or body.count("{") != body.count("}"):
        if not lines:
            raise UnknownSyntaxError(f"line {number}: the body does not end")
        body += "\n" + lines.pop()[1]
    try:
        # Any value will do for a variable, as long as it keeps the rest JSON.
        json.loads(re.sub(r"\{\{\w+\}\}", "0", body))
    except ValueError as error:
        raise UnknownSyntaxError(f"line {number}: {error}") from None
    return body


def _query(number: int, what: str, has_count: str) -> Query:
    kind, _, argument = what.partition(" ")
    argument = argument.strip('"')
    if kind == "jsonpath" and not _PATH.fullmatch(argument):
        raise UnknownSyntaxError(f"line {number}: {argument}")
    return Query(kind, argument, bool(has_count))


def _capture(number: int, found: tuple[str, ...]) -> Capture:
    name, what, has_count = found
    return Capture(name, _query(number, what, has_count))


def _assert(number: int, found: tuple[str, ...]) -> Assert:
    what, has_count, negated, predicate, value = found
    if predicate not in PREDICATES or not re.fullmatch(PREDICATES[predicate], value):
        raise UnknownSyntaxError(f"line {number}: {predicate} {value}".rstrip())
    return Assert(number, _query(number, what, has_count), bool(negated), predicate, value)
