"""Whoever is refused while still sending a large body hears of it, every time."""

import asyncio

import anyio
import pytest

from fring_adapters.clock import utc_now
from fring_adapters.memory import MemoryStore
from fring_core import Fring
from fring_http.api.app import create_app
from fring_http.api.door import lingering
from fring_http.api.door.hosts import with_known_hosts
from tests.http.wire import connect, raw_request, read_response, request_bytes
from tests.serving import in_thread

# More than the systems at both ends keep for a connection: who does not read, stops the sender.
LARGE = 12 * 2**20
KEPT = {"Connection": "keep-alive"}
JSON = KEPT | {"Content-Type": "application/json"}
ANSWERED_UNREAD = [
    ("POST", "/api/v1/nowhere", JSON, 404),
    ("PATCH", "/api/v1/tasks", JSON, 405),
    ("POST", "/api/v1/tasks", JSON, 413),
    ("POST", "/api/v1/tasks", KEPT | {"Content-Type": "text/plain"}, 415),
    ("POST", "/api/v1/tasks", JSON | {"Origin": "https://evil.example"}, 403),
    ("POST", "/api/v1/tasks", JSON | {"Host": "evil.example"}, 421),
    ("POST", "/api/auth/tasks", JSON, 404),
    ("GET", "/api/v1/tasks", JSON, 200),
    ("DELETE", "/api/v1/tasks/x", JSON, 422),
]


@pytest.fixture(scope="module")
def uvicorn():
    """Give the URL of the application on another server than ours."""
    app = create_app(Fring(MemoryStore(), clock=utc_now))
    with in_thread(with_known_hosts(app, (), "127.0.0.1")) as url:
        yield url


def chunked(head, body):
    """Return a request's bytes, without a length."""
    head = head.replace(b"Content-Length: %d" % len(body), b"Transfer-Encoding: chunked")
    return head[: -len(body)] + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


@pytest.mark.parametrize("as_chunks", [False, True], ids=["length", "chunked"])
@pytest.mark.parametrize("case", ANSWERED_UNREAD, ids=lambda case: f"{case[0]} {case[3]}")
@pytest.mark.parametrize("kind", ["memory_server", "uvicorn"])
def test_an_answer_waits_for_the_body_and_the_connection_goes_on(request, kind, case, as_chunks):
    server = request.getfixturevalue(kind)
    method, path, headers, status = case
    body = b" " * LARGE
    sent = request_bytes(method, path, body, headers)
    with connect(getattr(server, "url", server)) as sock:
        sock.sendall(chunked(sent, body) if as_chunks else sent)
        response = read_response(sock)
        assert response.status_code == status
        assert "connection" not in response.headers
        sock.sendall(request_bytes("GET", "/health"))
        assert read_response(sock).status_code == 200


@pytest.mark.parametrize("path", ["/api/alice/tasks", "/api/v1/tasks"])
def test_whoever_has_no_token_hears_so(secured_memory_server, path):
    response = raw_request(
        secured_memory_server.url, request_bytes("POST", path, b" " * LARGE, JSON)
    )
    assert response.status_code == 401


@pytest.mark.parametrize("case", ANSWERED_UNREAD, ids=lambda case: f"{case[0]} {case[3]}")
@pytest.mark.parametrize("kind", ["memory_server", "uvicorn"])
def test_who_waits_for_leave_to_send_is_not_invited(request, kind, case):
    server = request.getfixturevalue(kind)
    method, path, headers, status = case
    fields = headers | {"Content-Length": str(LARGE), "Expect": "100-continue"}
    with connect(getattr(server, "url", server)) as sock:
        sock.sendall(request_bytes(method, path, b"", fields))
        received = sock.recv(2**16)
        assert received.startswith(b"HTTP/1.1 %d " % status)
        assert b"connection: close" in received.lower()


def answered(message, pause=0.0):
    """Return how much was read, and the headers of an answer, where the body has no end."""
    read, started = 0, {}

    async def receive():
        nonlocal read
        await asyncio.sleep(pause)
        read += len(message["body"])
        return message

    async def send(event):
        started.update(event.get("headers", []))

    async def refuse(scope, receive, send):
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    scope = {"type": "http", "headers": [(b"transfer-encoding", b"chunked")]}
    anyio.run(lingering.lingering(refuse), scope, receive, send)
    return read, started


def test_nobody_is_listened_to_without_end(monkeypatch):
    chunk = {"type": "http.request", "body": b" " * 2**16, "more_body": True}
    read, headers = answered(chunk)
    assert (read, headers) == (lingering.MOST_BYTES, {b"connection": b"close"})
    monkeypatch.setattr(lingering, "BODY_SECONDS", 0.05)
    slow = {"type": "http.request", "body": b" ", "more_body": True}
    read, headers = answered(slow, pause=0.01)
    assert read < 10
    assert headers == {b"connection": b"close"}
