"""The table of bad input: what is sent, and what must come back."""

from __future__ import annotations

from tests.http.bad_bodies import BODIES, TASK, TASKS, USER, USERS, Row, body_rows, texts

PAST_LIMIT = 2**20 + 1

_TYPES = ("text/plain", "text/json", "application/x-www-form-urlencoded", "multipart/form-data")
_MORE_TYPES = ("application/xml", "application/jsonx", "application/octet-stream", "json", "*/*")
_ENCODINGS = ("gzip", "deflate", "br", "identity", "bogus", "gzip, gzip")


def _envelope_rows() -> list[Row]:
    headers = [{"Content-Type": name} for name in _TYPES + _MORE_TYPES]
    headers += [{"Content-Encoding": name} for name in _ENCODINGS]
    unsupported = [
        Row(
            f"{method} {path} {fields}",
            method,
            path,
            415,
            "unsupported_media_type",
            texts(b"x"),
            fields,
        )
        for method, path in BODIES
        for fields in headers
    ]
    too_large = [
        Row(f"{method} {path} large", method, path, 413, "too_large", texts(b"x").ljust(PAST_LIMIT))
        for method, path in BODIES
    ]
    return unsupported + too_large


_NO_INTEGERS = (
    *("abc", "1.0", "1e3", "1_000", "+1", "%D9%A1%D9%A2", "%00", "%FF"),
    *("%2B1", "%EF%BC%91", "%20", "%201", "1%20", "1%0A", "-", "--1", "0x10", "1,0", "1;2"),
    *("1%00", "%ED%A0%80", "null", "true"),
)
_IMPOSSIBLE = (
    "0",
    "-1",
    "-0",
    "00",
    str(2**63),
    str(2**64),
    str(10**30),
    "9" * 4400,
    "-" + "9" * 4400,
)
# The paths that begin with an id and the verbs they take, by the name and the code of that id.
_BY_ID = (
    *((verb, "/api/v1/users/{id}", "user") for verb in ("GET", "PUT", "DELETE")),
    ("GET", "/api/v1/users/{id}/tasks", "user"),
    *((verb, "/api/v1/users/{id}/tasks/{task}", "user") for verb in ("POST", "DELETE")),
    *((verb, "/api/v1/users/{user}/tasks/{id}", "task") for verb in ("POST", "DELETE")),
    *((verb, "/api/v1/tasks/{id}", "task") for verb in ("GET", "PUT", "DELETE")),
    ("PATCH", "/api/v1/tasks/{id}/status?status=completed", "task"),
    ("GET", "/api/v1/tasks/{id}/users", "task"),
    *((verb, "/api/v1/tasks/{id}/users/{user}", "task") for verb in ("POST", "DELETE")),
    *((verb, "/api/v1/tasks/{task}/users/{id}", "user") for verb in ("POST", "DELETE")),
)


def _path_rows() -> list[Row]:
    rows = []
    for verb, path, kind in _BY_ID:
        body = b"{}" if verb == "PUT" else None
        for text in _NO_INTEGERS if verb == "GET" else _NO_INTEGERS[:8]:
            name, at = f"{verb} {path} {text}", path.replace("{id}", text)
            rows.append(Row(name, verb, at, 422, f"path.{kind}_id", body))
        for text in _IMPOSSIBLE:
            name, at = f"{verb} {path} {text[:20]}({len(text)})", path.replace("{id}", text)
            rows.append(Row(name, verb, at, 400, f"{kind}_not_found", body))
    return rows


_NO_NUMBERS = (
    "",
    "abc",
    "1.0",
    "1e3",
    "1_000",
    "%2B1",
    "%D9%A1",
    "%201",
    "-1",
    "true",
    "%00",
    "%FF",
)
_BAD_QUERIES = {
    "skip": (*_NO_NUMBERS, str(2**63), str(10**30), "9" * 4400, "-" + "9" * 4400),
    "limit": (*_NO_NUMBERS, "1001", str(2**63), "9" * 4400),
    "after": ("", "1", "abc", "AAAA", "%00", "%FF", "====", "k8QGm8Qy-DzoB8A", "9" * 4400),
    "status": ("bad", "TODO", "%00", "%FF", "todo%00"),
    "assigned": ("yes", "2", "%00", "%FF", "truth", "%D9%A1"),
    "title": ("%00", "a%00b", "%FF", "a%ED%A0%80", "%F0%9F"),
    "username": ("%00", "a%00b", "%FF", "a%ED%A0%80", "%F0%9F"),
    "email": ("%00", "a%00b", "%FF", "a%ED%A0%80", "%F0%9F"),
}
_PARAMETERS = {
    USERS: ("skip", "limit", "after", "username", "email"),
    TASKS: ("skip", "limit", "after", "status", "title", "assigned"),
}


def _query_rows() -> list[Row]:
    lists = [
        Row(f"{path}?{name}={text[:20]}({len(text)})", "GET", f"{path}?{name}={text}", 422, "query")
        for path, names in _PARAMETERS.items()
        for name in names
        for text in _BAD_QUERIES[name]
    ]
    statuses = [
        Row(f"PATCH ?status={text}", "PATCH", f"{TASK}/status?status={text}", 422, "query")
        for text in ("", "bad", "TODO", "completed%00", "%FF")
    ]
    undecodable = Row(
        "tasks of a user ?status=%FF", "GET", f"{USER}/tasks?status=%FF", 422, "query"
    )
    return [*lists, *statuses, undecodable]


_VERBS = ("BREW", "get", "TRACE", "PROPFIND", "X" * 60, "PATCH")

ROWS = [
    *body_rows(),
    *_envelope_rows(),
    *_path_rows(),
    *_query_rows(),
    *(Row(f"{verb} users", verb, USERS, 405, "method_not_allowed") for verb in _VERBS),
]
