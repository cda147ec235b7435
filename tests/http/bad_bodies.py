"""Bad bodies: what is no JSON, no object, or holds what a field cannot be."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

USERS, USER = "/api/v1/users", "/api/v1/users/{user}"
TASKS, TASK = "/api/v1/tasks", "/api/v1/tasks/{task}"
BODIES = (("POST", USERS), ("PUT", USER), ("POST", TASKS), ("PUT", TASK))


class Row(NamedTuple):
    """Hold one request and its answer.

    `where` is the start of an entry's `loc`, with dots, if the status is 422, else the code.
    """

    name: str
    method: str
    path: str
    status: int
    where: str
    body: bytes | None = None
    headers: dict[str, str] | None = None


def _valid(path: str, **fields: Any) -> dict[str, Any]:
    valid = {"title": "bad"} if "tasks" in path else {"username": "bad", "email": "bad@x.yz"}
    return valid | fields


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()  # escapes what is not ASCII


def texts(text: bytes, more: bytes = b"") -> bytes:
    """Return an object that is fit for every path, but for this text as it stands in each field."""
    fields = (b'"title": "', text, b'", "username": "', text, b'", "email": "', text)
    return b"".join((b"{", *fields, b'@x.yz"', more, b"}"))


# What is no JSON object at all, or none that can be decoded, wherever a body is read.
_BOMB = b"[" * 100_000 + b"]" * 100_000
_NO_OBJECT = {
    "empty": b"",
    "blank": b" \n",
    "truncated": texts(b"x")[:-1],
    "cut in a text": b'{"title": "x',
    "cut in an escape": b'{"title": "\\u12',
    "trailing comma": texts(b"x", b","),
    "two values": texts(b"x") + b"{}",
    "single quotes": texts(b"x").replace(b'"', b"'"),
    "comment": texts(b"x", b"/* no */"),
    "control character": texts(b"\n"),
    "unknown escape": texts(b"\\x41"),
    "form": b"title=x",
    "only invalid UTF-8": b"\xff\xfe\xfd",
    "invalid UTF-8 in a text": texts(b"\xff"),
    "invalid UTF-8 in an unknown field": texts(b"x", b', "z": "\xff"'),
    "cut UTF-8": texts(b"\xf0\x9f"),
    "overlong UTF-8": texts(b"\xc0\xaf"),
    "surrogate in UTF-8": texts(b"\xed\xa0\x80"),
    "lone surrogate": texts(b"\\ud800"),
    "surrogate before a text": texts(b"\\udc00x"),
    "surrogates in the wrong order": texts(b"\\ude00\\ud83d"),
    "UTF-16": texts(b"x").decode().encode("utf-16"),
    "arrays in arrays": _BOMB,
    "open arrays": b"[" * 100_000,
    "objects in objects": b'{"title":' * 100_000 + b"1" + b"}" * 100_000,
    "bomb in an unknown field": texts(b"x", b', "z": ' + _BOMB),
    "NaN": b"NaN",
    "NaN in an unknown field": texts(b"x", b', "z": NaN'),
    "Infinity in an unknown field": texts(b"x", b', "z": -Infinity'),
    "big number alone": b"9" * 5000,
    "array": b"[]",
    "array of one": b"[" + texts(b"x") + b"]",
    "text": b'"title"',
    "null": b"null",
    "true": b"true",
    "number": b"1.5",
}

_BAD_IDS = {
    "text": b'"5"',
    "1.0": b"1.0",
    "1e0": b"1e0",
    "5E2": b"5E2",
    "1.5": b"1.5",
    "true": b"true",
    "false": b"false",
    "0": b"0",
    "-0": b"-0",
    "-1": b"-1",
    "2^31": b"2147483648",
    "2^63": b"9223372036854775808",
    "2^64": b"18446744073709551616",
    "-2^63": b"-9223372036854775808",
    "5,000 digits": b"9" * 5000,
    "-5,000 digits": b"-" + b"9" * 5000,
    "1e400": b"1e400",
    "leading zero": b"01",
    "array": b"[1]",
    "object": b"{}",
}

_WRONG_TYPES = (1, 1.5, True, ["x"], {"x": "y"})
_BAD_TEXTS: dict[str, dict[str, object]] = {
    "NUL": {"title": "a\0b", "description": "a\0b", "username": "a\0b", "email": "a\0b@x.yz"},
    "NUL alone": {"title": "\0", "description": "\0", "username": "\0"},
    "empty": {"title": "", "username": "", "email": "", "status": ""},
    "blank": {"title": " \t\r\n", "username": "  ", "email": "  "},
    "wide blank": {"title": "\u3000\u2003", "username": "\u3000"},
    "too long": {
        "title": "x" * 201,
        "description": "x" * 10_001,
        "username": "x" * 256,
        "email": "x" * 250 + "@xy.zz",
    },
    "astral and too long": {
        "title": "\U0001f600" * 201,
        "description": "\U0001f600" * 10_001,
        "username": "\U0001f600" * 256,
        "email": "\U0001f600" * 250 + "@xy.zz",
    },
    **{f"address {text!r}": {"email": text} for text in ("x", "x@y", "@y.z", "x@.z", "x@y.")},
    **{f"address {text!r}": {"email": text} for text in ("x@y@z.a", "x y@z.a", "x@y.z\n", "@")},
    **{f"status {text!r}": {"status": text} for text in ("bad", "TODO", "todo ", "pending")},
    **{
        f"type {json.dumps(value)}": dict.fromkeys(
            ("title", "description", "status", "username", "email"), value
        )
        for value in _WRONG_TYPES
    },
}
_FIELDS = {"users": ("username", "email"), "tasks": ("title", "description", "status")}


def _no_object_rows() -> list[Row]:
    return [
        Row(f"{method} {path} {name}", method, path, 422, "body", body)
        for method, path in BODIES
        for name, body in _NO_OBJECT.items()
    ]


def _text_rows() -> list[Row]:
    return [
        Row(
            f"{method} {path} {field} {name}",
            method,
            path,
            422,
            f"body.{field}",
            _json(_valid(path, **{field: bad[field]})),
        )
        for method, path in BODIES
        for field in _FIELDS["tasks" if "tasks" in path else "users"]
        for name, bad in _BAD_TEXTS.items()
        if field in bad
    ]


def _id_rows() -> list[Row]:
    return [
        Row(f"POST {path} id {name}", "POST", path, 422, "body", texts(b"x", b', "id": ' + value))
        for path in (USERS, TASKS)
        for name, value in _BAD_IDS.items()
    ]


def body_rows() -> list[Row]:
    """Return the rows whose fault lies in the JSON of their bodies."""
    return [*_no_object_rows(), *_text_rows(), *_id_rows()]
