"""What every answer of the API has in common, and a way to send what no client library would."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import anyio
import httpx

from tests.serving import DEADLINE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

USER_FIELDS = {"id", "username", "email", "created_at"}
TASK_FIELDS = {"id", "title", "description", "status", "created_at", "updated_at"}
OWN_TASK_FIELDS = TASK_FIELDS | {"user_id", "completed", "due_date"}
STATUSES = ("todo", "in_progress", "completed", "canceled")

# No test creates an id this great: it names nothing.
MISSING = 4_000_000_000_000

CODES = {
    *("user_not_found", "task_not_found", "username_taken", "email_taken", "id_taken"),
    *("already_assigned", "not_assigned", "invalid_status", "transition_refused", "validation"),
    *("unauthenticated", "forbidden", "not_found", "method_not_allowed", "request_timeout"),
    *("too_large", "unsupported_media_type", "too_many_requests", "unavailable"),
    *("misdirected_request", "precondition_failed", "precondition_required"),
}
PROBLEM_TYPES = {"missing", "type_error", "value_error", "json_invalid"}

PROBLEM = "application/problem+json"
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")


def check_error(response: httpx.Response, status: int, code: str, detail: str | None = None) -> Any:
    """Assert that an answer is an error of this status and code, and return its detail."""
    with contextlib.suppress(RuntimeError):  # of an answer that was read by hand
        is_new = response.request.url.path.startswith("/api/v2/")
        assert is_new is (response.headers["content-type"] == PROBLEM)
    if response.headers["content-type"] == PROBLEM:
        return check_problem(response, status, code, detail)["detail"]
    assert response.status_code == status, response.text
    assert response.headers["content-type"].split(";")[0] == "application/json"
    body = response.json()
    assert set(body) == {"detail", "code"}
    assert code in CODES
    assert body["code"] == code, body
    assert body["detail"]
    if detail is not None:
        assert body["detail"] == detail
    return body["detail"]


def check_problem(
    response: httpx.Response, status: int, code: str, detail: str | None = None
) -> Any:
    """Assert that an answer is a problem (RFC 9457) of this status and code, and return it."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == PROBLEM
    body = response.json()
    errors = {"errors"} if status == 422 else set()
    assert set(body) == {"type", "title", "status", "detail", "code", "request_id"} | errors
    assert (body["status"], body["code"], body["type"]) == (status, code, f"/problems/{code}")
    assert body["request_id"] == response.headers["x-request-id"]
    assert body["title"]
    assert body["detail"]
    assert detail in (None, body["detail"])
    return body


def check_invalid(response: httpx.Response, *loc: str, kind: str | None = None) -> None:
    """Assert that an answer is a 422 with an entry whose `loc` starts with these names."""
    problems = check_error(response, 422, "validation")
    assert isinstance(problems, list)
    for problem in problems:
        assert set(problem) == {"loc", "msg", "type"}
        assert problem["loc"][0] in {"body", "query", "path"}
        assert all(isinstance(step, str | int) for step in problem["loc"])
        assert isinstance(problem["msg"], str)
        assert problem["msg"]
        assert problem["type"] in PROBLEM_TYPES
    matching = [problem for problem in problems if problem["loc"][: len(loc)] == list(loc)]
    assert matching, problems
    if kind is not None:
        assert kind in {problem["type"] for problem in matching}, problems


def check_user(user: Any) -> None:
    """Assert that a user has exactly its fields, of the right types."""
    assert set(user) == USER_FIELDS
    _check_types(user, "username", "email")


def check_task(task: Any) -> None:
    """Assert that a task has exactly its fields, of the right types."""
    assert set(task) == TASK_FIELDS
    _check_types(task, "title", "updated_at")
    assert task["description"] is None or isinstance(task["description"], str)
    assert task["status"] in STATUSES
    assert TIMESTAMP.fullmatch(task["updated_at"])


def check_own_task(task: Any, owner: str) -> None:
    """Assert that a task of a personal list has exactly its fields, of the right types."""
    assert set(task) == OWN_TASK_FIELDS
    check_task({name: task[name] for name in TASK_FIELDS})
    assert task["user_id"] == owner
    assert task["completed"] is (task["status"] == "completed")
    assert task["due_date"] is None or re.fullmatch(r"\d{4}-\d\d-\d\d", task["due_date"])


def _check_types(entity: Any, *texts: str) -> None:
    assert type(entity["id"]) is int
    assert all(isinstance(entity[name], str) for name in texts)
    assert TIMESTAMP.fullmatch(entity["created_at"])


def async_client(server: str) -> httpx.AsyncClient:
    """Return a client with a connection of its own."""
    return httpx.AsyncClient(base_url=server, timeout=DEADLINE, verify=False)


def at_once(
    server: str,
    requests: Iterable[tuple[str, str] | tuple[str, str, Any]],
    headers: Mapping[str, str] | None = None,
) -> list[httpx.Response]:
    """Send requests at the same time, each on its own connection; return the answers in order.

    A request is a method, a path and, if there is one, what to send as JSON. All have `headers`.
    """

    async def send_all() -> list[httpx.Response]:
        calls = list(requests)
        responses: dict[int, httpx.Response] = {}
        connected = anyio.Semaphore(0)
        start = anyio.Event()

        async def send(number: int, method: str, path: str, body: Any = None) -> None:
            async with async_client(server) as client:
                await client.get("/health")  # connecting must not line the requests up
                connected.release()
                await start.wait()
                responses[number] = await client.request(method, path, json=body, headers=headers)

        async with anyio.create_task_group() as group:
            for number, call in enumerate(calls):
                group.start_soon(send, number, *call)
            for _ in calls:
                await connected.acquire()
            start.set()
        return [responses[number] for number in range(len(calls))]

    return anyio.run(send_all)


def connect(server: str) -> socket.socket:
    """Open a connection to the server."""
    address = urlsplit(server)
    return socket.create_connection((address.hostname, address.port), timeout=DEADLINE)


def read_response(sock: socket.socket, method: str = "GET") -> httpx.Response:
    """Read one response from a connection; raise `ConnectionError` if it ends without one."""
    with http.client.HTTPResponse(sock, method=method) as response:
        response.begin()
        return httpx.Response(
            response.status, headers=response.getheaders(), content=response.read()
        )


def raw_request(server: str, data: bytes, method: str = "GET") -> httpx.Response:
    """Send bytes as they are, and read one response.

    A server may answer and hang up before it has read everything, so failing to send is no fault.
    """
    with connect(server) as sock:
        with contextlib.suppress(ConnectionError):
            sock.sendall(data)
        return read_response(sock, method)


def request_bytes(
    method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> bytes:
    """Return the bytes of a request; a body brings its length, and JSON as its type by default."""
    fields = {"Host": "localhost", "Connection": "close"}
    if body is not None:
        fields |= {"Content-Length": str(len(body)), "Content-Type": "application/json"}
    fields |= headers or {}
    head = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*head, "", ""]).encode() + (body or b"")


def as_json(value: Any) -> bytes:
    """Return a value as JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False).encode()
