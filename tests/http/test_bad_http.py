"""Bodies that are too large, too slow or cut off, and requests that are hardly HTTP."""

from contextlib import ExitStack

import pytest

from tests.http.bad_input import PAST_LIMIT
from tests.http.wire import (
    as_json,
    check_error,
    connect,
    raw_request,
    read_response,
    request_bytes,
)

# No store has a part in it.
pytestmark = pytest.mark.parametrize("server", ["memory"], indirect=True)

USERS, TASKS = "/api/v1/users", "/api/v1/tasks"


@pytest.mark.parametrize("path", [USERS, TASKS])
def test_a_chunked_body_past_the_limit_is_too_large(server, unchanged, path):
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    chunk = b"10000\r\n" + b" " * 2**16 + b"\r\n"
    body = chunk * 16 + b"1\r\n \r\n0\r\n\r\n"
    response = raw_request(server, head.encode() + b"Transfer-Encoding: chunked\r\n\r\n" + body)
    check_error(response, 413, "too_large")


@pytest.mark.parametrize(
    ("content_type", "status"), [("application/json", 413), ("text/plain", 415)]
)
def test_an_early_answer_keeps_the_connection_or_says_that_it_does_not(
    client, unchanged, content_type, status
):
    """Else a client sends its next request into a connection that is being closed."""
    body, headers = b" " * PAST_LIMIT, {"content-type": content_type}
    for _ in range(40):
        assert client.post(TASKS, content=body, headers=headers).status_code in {status, 413}
        assert client.get("/health").status_code == 200


@pytest.mark.parametrize(
    "data",
    [
        b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Huge: " + b"x" * 2**20 + b"\r\n\r\n",
        b"GET /health?" + b"x" * 2**20 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /" + b"x" * 2**20 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: localhost\r\n" + b"X-Many: x\r\n" * 10_000 + b"\r\n",
        b"GE(T /health HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /api/v1/users/\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /health HTTP/9.9\r\nHost: localhost\r\n\r\n",
        b"POST /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64),
        b"\r\n\r\n\r\n\r\nrubbish\r\n\r\n",
    ],
    ids=["header", "query", "path", "headers", "verb", "bytes", "version", "-1", "x", "tls", "?"],
)
def test_what_is_no_acceptable_http_is_refused_or_hung_up_on(server, unchanged, data):
    try:
        response = raw_request(server, data)
    except (TimeoutError, ConnectionError):
        return
    assert 400 <= response.status_code < 500 or response.status_code == 505


@pytest.mark.parametrize("sent", [0, 20, 60, 120, 150, 160])
def test_a_client_that_leaves_early_does_no_harm(server, unchanged, sent):
    whole = request_bytes("POST", TASKS, as_json({"title": "x" * 100}))
    assert sent < len(whole)
    for _ in range(5):
        with connect(server) as sock:
            sock.sendall(whole[:sent])


def test_a_body_that_does_not_arrive_times_out(server, unchanged):
    """Takes as long as the server waits for a body: 10 s."""
    with ExitStack() as stack:
        waiting = []
        for whole in (
            request_bytes("POST", TASKS, as_json({"title": "never"})),
            request_bytes("PATCH", "/api/ann/tasks/1/complete", as_json({"completed": True})),
        ):
            waiting.append(stack.enter_context(connect(server)))
            waiting[-1].sendall(whole[:-5])
        for sock in waiting:
            check_error(read_response(sock), 408, "request_timeout")
