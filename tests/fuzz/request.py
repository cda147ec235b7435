"""A request in its parts, so that each can be changed, and the valid ones that all begin as."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs

if TYPE_CHECKING:
    from random import Random

OWNERS: Final = ("ann", "bob", "me")
MOST_IDS: Final = (8, 100)  # of those asked for: they are there soon, or after a while
CONDITIONAL: Final = 0.3  # of all: on a version, or on not having been done
_CONDITIONS: Final = (b"If-Match", b"If-None-Match", b"Idempotency-Key")


@attrs.define
class Request:
    """Hold what is sent, part by part; `length` is the header that tells where the body ends."""

    method: bytes
    target: bytes
    version: bytes = b"HTTP/1.1"
    headers: list[tuple[bytes, bytes]] = attrs.field(factory=list)
    body: bytes = b""
    length: bytes | None = None
    line_end: bytes = b"\r\n"

    def encoded(self) -> bytes:
        """Return its bytes."""
        headers = list(self.headers)
        if self.length is not None:
            headers.append((b"Content-Length", self.length))
        elif self.body and not any(name == b"Transfer-Encoding" for name, _ in headers):
            headers.append((b"Content-Length", b"%d" % len(self.body)))
        lines = [b" ".join([self.method, self.target, self.version])]
        lines += [name + b": " + value for name, value in headers]
        return self.line_end.join([*lines, b"", b""]) + self.body


def valid(random: Random, token: bytes) -> Request:
    """Return a request as a client would send it, one answer to a connection."""
    method, target, body = random.choice(_REQUESTS)
    fields = {
        "id": random.randint(1, random.choice(MOST_IDS)),
        "other": random.randint(1, random.choice(MOST_IDS)),
        "owner": random.choice(OWNERS),
    }
    headers = [(b"Host", b"localhost"), (b"Connection", b"close")]
    if token:
        headers.append((b"Authorization", b"Bearer " + token))
    if random.random() < CONDITIONAL:
        headers.append((random.choice(_CONDITIONS), b'"%d"' % random.choice([1, 1, 2, 3])))
    sent = b""
    if body is not None:
        sent = json.dumps(_filled(body, random)).encode()
        headers.append((b"Content-Type", b"application/json"))
    return Request(method, target.format(**fields).encode(), headers=headers, body=sent)


def _filled(body: dict[str, Any], random: Random) -> dict[str, Any]:
    word = f"w{random.getrandbits(40):x}"
    return {
        name: value.format(word=word) if isinstance(value, str) else value
        for name, value in body.items()
    }


_Requests: TypeAlias = list[tuple[bytes, str, dict[str, Any] | None]]
_USER: Final = {"username": "{word}", "email": "{word}@example.org"}
_TASK: Final = {"title": "Water {word}", "description": "All of them", "status": "todo"}
_OWN: Final = {"title": "Own {word}", "description": None, "due_date": "2027-01-31"}
# Most of what is asked for should be there; and a password takes a core for a while.
_COMMON: Final[_Requests] = [
    (b"GET", "/health/live", None),
    (b"GET", "/", None),
    (b"OPTIONS", "/api/v1/tasks", None),
    (b"GET", "/api/v1/users?skip=1&limit=3&username=a&email=b", None),
    (b"POST", "/api/v1/users", _USER),
    (b"GET", "/api/v1/users/{id}", None),
    (b"PUT", "/api/v1/users/{id}", _USER),
    (b"GET", "/api/v1/users/{id}/tasks?status=todo", None),
    (b"POST", "/api/v1/users/{id}/tasks/{other}", None),
    (b"GET", "/api/v1/tasks?after=k8QGm8Qy-DzoB8A&limit=1", None),
    (b"GET", "/api/v1/tasks?skip=0&limit=3&status=todo&title=a&assigned=true", None),
    (b"POST", "/api/v1/tasks/", _TASK),
    (b"GET", "/api/v1/tasks/{id}", None),
    (b"HEAD", "/api/v1/tasks/{id}", None),
    (b"PUT", "/api/v1/tasks/{id}", _TASK),
    (b"PATCH", "/api/v1/tasks/{id}/status?status=completed", None),
    (b"GET", "/api/v1/tasks/{id}/users", None),
    (b"POST", "/api/v1/tasks/{id}/users/{other}", None),
    (b"GET", "/api/{owner}/tasks?status=pending&sort=title&limit=3", None),
    (b"POST", "/api/{owner}/tasks", _OWN),
    (b"GET", "/api/{owner}/tasks/{id}", None),
    (b"PUT", "/api/{owner}/tasks/{id}", _OWN),
    (b"PATCH", "/api/{owner}/tasks/{id}/complete", {"completed": True}),
]
_DELETIONS: Final[_Requests] = [
    (b"DELETE", "/api/v1/users/{id}", None),
    (b"DELETE", "/api/v1/users/{id}/tasks/{other}", None),
    (b"DELETE", "/api/v1/tasks/{id}", None),
    (b"DELETE", "/api/{owner}/tasks/{id}", None),
]
_RARE: Final[_Requests] = [
    (b"POST", "/api/v1/auth/login", {"username": "{word}", "password": "wrong"}),
    (b"POST", "/api/v1/auth/register", {**_USER, "password": "long enough to be one"}),
    (b"GET", "/docs", None),
    (b"GET", "/assets/start.css", None),
    (b"GET", "/metrics", None),
]
_REQUESTS: Final = _COMMON * 8 + _DELETIONS * 2 + _RARE
