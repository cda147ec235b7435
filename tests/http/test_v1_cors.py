"""Cross-origin requests: pages on this machine, at any port, and nobody else."""

import anyio
import pytest
from httpx import ASGITransport, AsyncClient, Client, Response

from fring_adapters.clock import utc_now
from fring_adapters.memory import MemoryStore
from fring_core import Fring
from fring_http.api.app import create_app
from fring_http.api.door.cors import EXPOSED, matching, with_cors

# No store has a part in it.
on_memory = pytest.mark.parametrize("server", ["memory"], indirect=True)

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


@on_memory
@pytest.mark.parametrize("origin", OURS)
def test_echoes_an_origin_of_this_machine(client, origin):
    for path in ("/health", "/api/v1/", "/api/v1/users", "/openapi.json"):
        response = client.get(path, headers={"origin": origin})
        assert response.status_code == 200
        check_allowed(response, origin)


@on_memory
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


@on_memory
@pytest.mark.parametrize("origin", FOREIGN)
def test_a_foreign_origin_is_told_nothing(client, origin):
    response = client.get("/api/v1/users", headers={"origin": origin})
    assert response.status_code == 200
    check_refused(response)
    refused = preflight(client, origin)
    assert refused.status_code < 500
    check_refused(refused)


@on_memory
def test_without_an_origin_nothing_is_told(client):
    check_refused(client.get("/api/v1/users"))


@on_memory
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


@on_memory
def test_a_foreign_page_cannot_read_errors_either(client):
    for path in ("/api/v1/nowhere", "/api/v1/users/0", "/api/v1/users?limit=x"):
        response = client.get(path, headers={"origin": "http://example.com"})
        assert response.is_client_error
        check_refused(response)


@on_memory
@pytest.mark.parametrize("origin", [None, OURS[1], FOREIGN[0]])
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/docs", 200),
        ("GET", "/openapi.json", 200),
        ("HEAD", "/api/v1/tasks", 200),
        ("GET", "/api/v1/tasks?limit=x", 422),
        ("GET", "/api/v1/tasks/0", 400),
        ("GET", "/api/v1//tasks", 404),
        ("GET", "/nowhere", 404),
        ("BREW", "/api/v1/tasks", 405),
        ("OPTIONS", "/api/v1/tasks", 204),
        ("OPTIONS", "/nowhere", 404),
    ],
)
def test_everything_varies_by_origin(client, method, path, status, origin):
    response = client.request(method, path, headers={"origin": origin} if origin else {})
    if method == "BREW" and origin == FOREIGN[0]:
        status = 403
    assert response.status_code == status
    assert _varies_by_origin(response)
    assert len(response.headers.get_list("vary")) == 1
    assert response.headers["x-content-type-options"] == "nosniff"


@on_memory
def test_so_do_preflights(client):
    assert _varies_by_origin(preflight(client, OURS[0]))
    assert _varies_by_origin(preflight(client, FOREIGN[0]))


def ask(app, **headers):
    """Return the answer of an application to a request for `/`."""

    async def get():
        transport = ASGITransport(app)
        async with AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get("/", headers=headers)

    return anyio.run(get)


@pytest.mark.parametrize("origin", ["", OURS[0]])
def test_what_else_an_answer_varies_by_is_kept(origin):
    async def page(scope, receive, send):
        headers = [(b"vary", b"Accept"), (b"vary", b"Cookie")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    response = ask(with_cors(page, matching(None)), origin=origin)
    assert response.headers.get_list("vary") == ["Accept, Cookie, Origin"]


@on_memory
def test_a_page_can_read_what_clients_need(client):
    response = client.get("/api/v1/tasks", headers={"origin": OURS[0]})
    assert response.headers["access-control-expose-headers"] == EXPOSED
    assert {"Link", "Location", "Retry-After"} < set(EXPOSED.split(", "))


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://shop.app.example", True),
        ("https://my-shop_2.app.example", True),
        ("https://app.example", False),
        ("https://a.b.app.example", False),
        ("https://.app.example", False),
        ("https://shop.app.example:444", False),
        ("http://shop.app.example", False),
        ("https://shop.app.example.evil.example", False),
        ("https://shopXapp.example", False),
        ("https://evil.example/.app.example", False),
        ("https://*.app.example", False),
        ("https://other.example", True),
        ("http://localhost:3000", False),
        ("null", False),
        ("", False),
    ],
)
def test_an_asterisk_stands_for_one_label(origin, allowed):
    origins = ["https://*.APP.example:443/", "https://other.example"]
    app = create_app(Fring(MemoryStore(), clock=utc_now), cors_origins=origins)
    response = ask(app, origin=origin)
    if allowed:
        check_allowed(response, origin)
    else:
        check_refused(response)


@pytest.mark.parametrize("origin", ["", "null", OURS[0]])
def test_no_origins_are_none(origin):
    app = create_app(Fring(MemoryStore(), clock=utc_now), cors_origins=[])
    check_refused(ask(app, origin=origin))
