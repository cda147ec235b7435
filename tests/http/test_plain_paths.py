"""A path means one thing: to the proxy in front, to the router, and to whoever reads the log."""

import pytest
from litestar.testing import TestClient

from fring_adapters.clock import utc_now
from fring_adapters.memory import MemoryStore
from fring_core import Fring
from fring_http.api.app import create_app
from tests.http.wire import check_error, raw_request, request_bytes
from tests.serving import in_thread

AMBIGUOUS = [
    *("//", "//api/v1/tasks", "/api//v1/tasks", "/api/v1//tasks", "/api/v1/tasks//", "///health"),
    *("/health//", "//localhost/health", "//docs", "/api/v1/tasks//1", "/api/ann//tasks"),
    *("/api/ann%2ftasks", "/api/ann%2Fbob/tasks", "/api%2fv1/tasks", "/%2f", "/api/%2F/tasks"),
    *("/./health", "/api/./v1/tasks", "/api/../health", "/api/v1/tasks/.", "/api/v1/tasks/.."),
    *("/api/v1/tasks/./", "/%2e/health", "/api/%2E%2e/health", "/api/.%2e/tasks", "/api/%2e/tasks"),
    *("/api/..//health", "/api/ann/../v1/tasks", "/..", "/.", "/docs/../health", "/assets/..%2fx"),
]
PLAIN = [
    *("/", "/health", "/health/", "/api/v1", "/api/v1/", "/api/v1/tasks", "/api/v1/tasks/"),
    *("/api/a%40b.example/tasks", "/api/%C3%A9/tasks/", "/api/a%20b/tasks", "/api/.../tasks"),
    *("/api/.a/tasks", "/api/a./tasks", "/api/..a/tasks", "/api/%2e%2e%2e/tasks"),
    *("/api/%252f/tasks", "/api/%252e%252e/tasks", "/api/a%5Cb/tasks", "/api/a;b=..;/tasks"),
    *("/health?next=//evil.example/../%2f", "/api/v1/tasks?title=..%2F..//.", "/health?/../"),
]


def check_plain(response):
    assert response.status_code == 200, response.text


@pytest.mark.parametrize("server", ["memory"], indirect=True)
@pytest.mark.parametrize("path", AMBIGUOUS)
def test_an_ambiguous_path_is_not_found(server, unchanged, path):
    for method, body in (("GET", None), ("POST", b'{"title": "t"}'), ("DELETE", None)):
        response = raw_request(server, request_bytes(method, path, body))
        check_error(response, 404, "not_found")
        assert "location" not in response.headers
    head = raw_request(server, request_bytes("HEAD", path), "HEAD")
    assert (head.status_code, head.content) == (404, b"")


@pytest.mark.parametrize("server", ["memory"], indirect=True)
@pytest.mark.parametrize("path", PLAIN)
def test_a_plain_path_is_found(server, path):
    check_plain(raw_request(server, request_bytes("GET", path)))


def app():
    return create_app(Fring(MemoryStore(), clock=utc_now))


def test_on_another_server_too():
    with in_thread(app()) as url:
        for path in AMBIGUOUS:
            check_error(raw_request(url, request_bytes("GET", path)), 404, "not_found")
        for path in PLAIN:
            check_plain(raw_request(url, request_bytes("GET", path)))


def test_a_raw_path_may_have_a_query():
    """Litestar's test client leaves it there."""
    with TestClient(app()) as client:
        assert client.get("/health?next=//evil.example/..").status_code == 200
        check_error(client.get("/api/v1/tasks/%2e%2e?x"), 404, "not_found")


def test_a_page_can_read_why():
    with TestClient(app()) as client:
        response = client.get("/api//v1/tasks", headers={"origin": "http://localhost:3000"})
    check_error(response, 404, "not_found")
    assert response.headers["access-control-allow-origin"] == "http://localhost:3000"


@pytest.mark.parametrize(
    ("path", "status"),
    [("/api//v1/tasks", 404), ("/api/../tasks", 404), ("/api/%2f/tasks", 200), ("/health", 200)],
)
def test_a_server_that_gives_the_decoded_path_alone(path, status):
    """An encoded slash cannot be told there from an ordinary one; what is left of `%` can."""
    made = app()

    async def without_raw_path(scope, receive, send):
        if scope["type"] == "http":
            scope = {name: scope[name] for name in scope if name != "raw_path"} | {"path": path}
        await made(scope, receive, send)

    with TestClient(without_raw_path) as client:
        assert client.get("/").status_code == status
