"""Every answer has the headers that keep browsers from harm, whoever gives it."""

import re
import shutil
import subprocess

import httpx
import pytest

from benchmarks.ports import free_port
from tests.http.wire import raw_request, request_bytes
from tests.serving import serving

# No store has a part in it.
on_memory = pytest.mark.parametrize("server", ["memory"], indirect=True)
NOTHING = "default-src 'none'; frame-ancestors 'none'"
PAGES = ["/", "/docs", "/redoc"]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


def check_safe(response: httpx.Response) -> None:
    """Assert that an answer has each of the headers once."""
    for name, value in {
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
    }.items():
        assert response.headers.get_list(name) == [value]
    (policy,) = response.headers.get_list("content-security-policy")
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert len(response.headers.get_list("cache-control")) == 1


ANSWERS = [
    *(("GET", path, {}, 200) for path in ("/", "/health", "/openapi.json", "/metrics")),
    *(("GET", path, {}, 200) for path in ("/api/v1/tasks", "/api/v1/users", "/api/ann/tasks")),
    ("HEAD", "/api/v1/tasks", {}, 200),
    ("POST", "/api/v1/tasks", {}, 422),
    ("GET", "/api/v1/users/0", {}, 400),
    ("GET", "/api/ann/tasks/0", {}, 404),
    ("GET", "/nowhere", {}, 404),
    ("GET", "/api//v1", {}, 404),
    ("BREW", "/api/v1/tasks", {}, 405),
    ("POST", "/metrics", {}, 405),
    ("GET", "/health", {"Host": "a b"}, 400),
    ("GET", "/api/v1/tasks", {"Host": "evil.example"}, 421),
    ("POST", "/api/v1/tasks", {"Origin": "https://evil.example"}, 403),
    ("OPTIONS", "/api/v1/tasks", {}, 204),
    *(
        (
            "OPTIONS",
            "/api/v1/tasks",
            {"Origin": origin, "Access-Control-Request-Method": "POST"},
            status,
        )
        for origin, status in (("http://localhost", 204), ("https://evil.example", 403))
    ),
]


@on_memory
@pytest.mark.parametrize(("method", "path", "headers", "status"), ANSWERS)
def test_every_answer_is_safe_and_nobody_keeps_it(server, method, path, headers, status):
    response = raw_request(server, request_bytes(method, path, headers=headers), method)
    assert response.status_code == status
    check_safe(response)
    assert response.headers["content-security-policy"] == NOTHING
    assert response.headers["cache-control"] == "no-store"


@on_memory
def test_so_is_a_body_that_is_too_large(client):
    check_safe(client.post("/api/v1/tasks", content=b" " * (2**20 + 1)))


@on_memory
def test_so_is_what_has_not_changed(client, new_task):
    path = f"/api/v1/tasks/{new_task()['id']}"
    tag = client.get(path).headers["etag"]
    response = client.get(path, headers={"if-none-match": tag})
    assert response.status_code == 304
    check_safe(response)


@pytest.mark.parametrize("secured", ["memory"], indirect=True)
def test_so_are_tokens_and_their_refusal(caller, account):
    check_safe(registered := caller.post("/api/v1/auth/register", json=account))
    assert registered.headers["cache-control"] == "no-store"
    login = {"username": account["username"], "password": account["password"]}
    check_safe(token := caller.post("/api/v1/auth/login", json=login))
    assert token.json()["access_token"]
    assert token.headers["cache-control"] == "no-store"
    check_safe(refused := caller.get("/api/v1/tasks"))
    assert refused.status_code == 401


def test_so_are_numbers_on_a_port_of_their_own(tmp_path):
    port = free_port()
    with serving(tmp_path, DATABASE_URL="memory://", FRING_METRICS_PORT=str(port)):
        for path, status in (("/metrics", 200), ("/nowhere", 404)):
            response = httpx.get(f"http://127.0.0.1:{port}{path}", verify=False)
            assert response.status_code == status
            check_safe(response)


@on_memory
@pytest.mark.parametrize("path", [*PAGES, "/assets/docs.js"])
def test_pages_have_policies_of_their_own_and_may_be_kept(client, path):
    response = client.get(path, headers={"accept": "text/html"})
    assert response.status_code == 200
    check_safe(response)
    assert response.headers["cache-control"] in {"no-cache", "public, max-age=86400"}


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
@on_memory
@pytest.mark.parametrize(
    ("path", "shown"), [("/", "Try it out"), ("/docs", "List users"), ("/redoc", "List users")]
)
def test_a_browser_shows_a_page_and_refuses_nothing_of_it(server, tmp_path, path, shown):
    """It says on its console what a policy refuses, a request to another host too."""
    done = subprocess.run(
        [
            *(str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"),
            *("--disable-dev-shm-usage", f"--user-data-dir={tmp_path}"),
            *("--enable-logging=stderr", "--virtual-time-budget=20000", server + path),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert shown in done.stdout
    assert not re.findall(r".*CONSOLE.*", done.stderr)
