"""Cross-origin requests: pages on this machine, at any port, and nobody else."""

import pytest
from httpx import Client, Response

# No store has a part in it.
pytestmark = pytest.mark.parametrize("server", ["memory"], indirect=True)

OURS = [
    "http://localhost",
    "http://localhost:3000",
    "http://localhost:65535",
    "http://127.0.0.1",
    "http://127.0.0.1:5173",
    "http://[::1]",
    "http://[::1]:3000",
]
FOREIGN = [
    "http://example.com",
    "https://localhost.example.com",
    "http://localhost.example.com:3000",
    "http://localhost:3000.example.com",
    "http://localhost:3000@example.com",
    "http://notlocalhost:3000",
    "http://127.0.0.1.example.com",
    "http://127.0.0.10:3000",
    "http://127x0x0x1:3000",
    "http://0.0.0.0:3000",
    "null",
    "http://localhost:port",
    "http://[::2]:3000",
    "http://[::1].example.com",
]


def _varies_by_origin(response: Response) -> bool:
    names = ",".join(response.headers.get_list("vary")).lower().split(",")
    return "origin" in {name.strip() for name in names}


def check_allowed(response: Response, origin: str) -> None:
    assert response.headers.get_list("access-control-allow-origin") == [origin]
    assert response.headers.get_list("access-control-allow-credentials") == ["true"]
    assert _varies_by_origin(response)


def check_refused(response: Response) -> None:
    assert "access-control-allow-origin" not in response.headers


def preflight(
    client: Client, origin: str, path: str = "/api/v1/users/", method: str = "POST"
) -> Response:
    return client.options(
        path,
        headers={
            "origin": origin,
            "access-control-request-method": method,
            "access-control-request-headers": "content-type,authorization",
        },
    )


@pytest.mark.parametrize("origin", OURS)
def test_echoes_an_origin_of_this_machine(client, origin):
    for path in ("/health", "/api/v1/", "/api/v1/users", "/openapi.json"):
        response = client.get(path, headers={"origin": origin})
        assert response.status_code == 200
        check_allowed(response, origin)


@pytest.mark.parametrize("origin", OURS)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/users/"),
        ("POST", "/api/v1/tasks"),
        ("PUT", "/api/v1/users/1"),
        ("PATCH", "/api/v1/tasks/1/status"),
        ("DELETE", "/api/v1/tasks/1/users/1"),
        ("POST", "/api/v1/users/1/tasks/1/"),
    ],
)
def test_a_preflight_allows_method_and_headers(client, origin, method, path):
    response = preflight(client, origin, path, method)
    assert response.status_code in {200, 204}, response.text
    check_allowed(response, origin)
    methods = response.headers["access-control-allow-methods"].split(",")
    assert method in {name.strip().upper() for name in methods}
    headers = response.headers["access-control-allow-headers"].lower().split(",")
    assert {"content-type", "authorization"} <= {name.strip() for name in headers}


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_foreign_origin_is_told_nothing(client, origin):
    response = client.get("/api/v1/users", headers={"origin": origin})
    assert response.status_code == 200
    check_refused(response)
    refused = preflight(client, origin)
    assert refused.status_code < 500
    check_refused(refused)


def test_without_an_origin_nothing_is_told(client):
    check_refused(client.get("/api/v1/users"))


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("GET", "/api/v1/nowhere", {}, 404),
        ("PATCH", "/api/v1/users/1", {}, 405),
        ("GET", "/api/v1/users/0", {}, 400),
        ("GET", "/api/v1/users/0/tasks?status=bad", {}, 400),
        ("GET", "/api/v1/tasks?limit=-1", {}, 422),
        ("POST", "/api/v1/tasks", {"content": b"", "headers": {}}, 422),
        ("POST", "/api/v1/tasks", {"content": b"{}", "headers": {"content-type": "x/y"}}, 415),
        ("POST", "/api/v1/tasks", {"content": b" " * (2**20 + 1)}, 413),
    ],
)
def test_errors_can_be_read_by_a_page(client, method, path, options, status):
    origin = "http://localhost:3000"
    headers = options.get("headers", {"content-type": "application/json"}) | {"origin": origin}
    response = client.request(method, path, **options | {"headers": headers})
    assert response.status_code == status
    check_allowed(response, origin)


def test_a_foreign_page_cannot_read_errors_either(client):
    for path in ("/api/v1/nowhere", "/api/v1/users/0", "/api/v1/users?limit=x"):
        response = client.get(path, headers={"origin": "http://example.com"})
        assert response.is_client_error
        check_refused(response)
