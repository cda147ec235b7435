"""The names under which a server answers: a page may not lend it another (DNS rebinding)."""

from typing import Any

import pytest
from litestar.testing import TestClient

from fring_http.server.composition import create
from fring_http.server.modes import SettingsError
from fring_http.server.settings import Settings
from tests.http.tokens import SECRET
from tests.http.wire import check_error, raw_request
from tests.serving import in_thread

TASKS, HEALTH = (
    "/api/v1/tasks",
    ("/health", "/health/", "/api/v1/health/", "/health/live/", "/health/ready"),
)
LOOPBACK = [
    *("localhost", "localhost:8000", "LocalHost:1", "localhost.", "localhost:", "localhost.:80"),
    *("127.0.0.1", "127.0.0.1:8000", "127.255.255.254", "[::1]", "[::1]:8000", "[0:0::0:1]:1"),
    *("fring.localhost", "a.b.localhost:3000", "[::ffff:127.0.0.1]"),
]
STRANGE = [
    *("evil.example", "evil.example:8000", "localhost.evil.example", "notlocalhost", "128.0.0.1"),
    *("127.0.0.1.evil.example", "10.0.0.1:8000", "[2001:db8::1]", "0.0.0.0", "2130706433", "127.1"),
    *("localhost..", ".localhost.evil.example", "fring.example"),
]
MALFORMED = [
    *("user@localhost", "user:word@localhost:8000", "local host", "localhost/", "http://localhost"),
    *("localhost,evil.example", "localhost:http", "localhost:8000:8000", "[localhost]", "::1"),
    *("[::1", "localhost?", "localhost#", "local\\host", "localh\xf6st", "[127.0.0.1]", ":8000"),
    *("localhost:-1", "localhost:123456", "%6cocalhost", "*", "[::1]]"),
    "x" * 400,
]


def request(*hosts, path=TASKS, method="GET", version="1.1"):
    lines = [f"{method} {path} HTTP/{version}", *(f"Host: {host}" for host in hosts)]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1")


def check_misdirected(response):
    detail = check_error(response, 421, "misdirected_request")
    assert "FRING_ALLOWED_HOSTS" in detail


@pytest.fixture(params=["fring serve", "uvicorn"])
def url(request):
    """Return where a server of each kind is, both without authentication."""
    if request.param == "fring serve":
        yield request.getfixturevalue("memory_server").url
        return
    with in_thread(create(Settings(database_url="memory://"))) as url:
        yield url


def test_names_of_this_machine(url):
    for host in LOOPBACK:
        assert raw_request(url, request(host)).status_code == 200, host


def test_other_names(url):
    for host in STRANGE:
        for method, path in (("GET", TASKS), ("DELETE", f"{TASKS}/1"), ("GET", "/docs")):
            check_misdirected(raw_request(url, request(host, method=method, path=path)))
        for path in HEALTH:
            assert raw_request(url, request(host, path=path)).status_code == 200
        check_misdirected(raw_request(url, request(host, path="/health/x")))
    head = raw_request(url, request("evil.example", method="HEAD"), "HEAD")
    assert (head.status_code, head.content) == (421, b"")


def test_what_is_no_host(memory_server):
    for host in MALFORMED:
        for path in (TASKS, "/health"):
            response = raw_request(memory_server.url, request(host, path=path))
            check_error(response, 400, "validation")


def test_no_host_or_two(url):
    for path in (TASKS, "/health"):
        for hosts in ((), ("localhost", "localhost"), ("localhost", "evil.example"), ("", "a")):
            assert raw_request(url, request(*hosts, path=path)).status_code == 400
        assert raw_request(url, request("", path=path)).status_code == 400


def test_http_1_0_has_none(url):
    """And no browser speaks it: only who is asked by name has to be."""
    assert raw_request(url, request(path="/health", version="1.0")).status_code == 200
    check_misdirected(raw_request(url, request(version="1.0")))
    assert raw_request(url, request("localhost", version="1.0")).status_code == 200


def test_an_absolute_target_is_no_way_in(url):
    """Granian tells its host only where there is no Host; a browser sends none to a server."""
    target = f"http://evil.example{TASKS}"
    response = raw_request(url, request(path=target, method="POST"))
    assert response.status_code in {400, 421}
    response = raw_request(url, request("evil.example", path=target, method="POST"))
    check_misdirected(response)


def answers(settings, *hosts):
    """Return the statuses that an application with these settings answers to these hosts."""
    app: Any = create(Settings(database_url="memory://", **settings))
    with TestClient(app, base_url="http://test.local") as client:
        return [client.get("/", headers={"host": host}).status_code for host in hosts]


NAMED = ("fring.example", "192.0.2.1")


@pytest.mark.parametrize(
    ("settings", "statuses"),
    [
        # what is asked for:       evil.example, fring.example:80, 192.0.2.1, [2001:db8::1], localhost
        ({}, [421, 421, 421, 421, 200]),
        ({"allowed_hosts": NAMED}, [421, 200, 200, 421, 200]),
        ({"host": "192.0.2.1"}, [421, 421, 200, 421, 200]),
        ({"host": "2001:DB8:0::1"}, [421, 421, 421, 200, 200]),
        ({"host": "Fring.Example."}, [421, 200, 421, 421, 200]),
        # Only names can be made to lie: an address is where the browser went.
        ({"host": "0.0.0.0"}, [421, 421, 200, 200, 200]),
        ({"host": "::", "allowed_hosts": NAMED}, [421, 200, 200, 200, 200]),
        ({"secret": SECRET}, [200, 200, 200, 200, 200]),
        ({"secret": SECRET, "allowed_hosts": NAMED}, [421, 200, 200, 421, 200]),
    ],
)
def test_what_is_set_decides(settings, statuses):
    hosts = ("evil.example", "fring.example:80", "192.0.2.1", "[2001:db8::1]", "localhost")
    assert answers(settings, *hosts) == statuses


def test_where_another_server_listens_is_known_from_the_request():
    app: Any = create(Settings(database_url="memory://"))
    with TestClient(app, base_url="http://192.0.2.7") as client:
        assert client.get("/").status_code == 200
        assert client.get("/", headers={"host": "192.0.2.8"}).status_code == 421


@pytest.mark.parametrize(
    "value",
    ["*", "*.example", "https://fring.example", "fring.example:8000", "a b", "f\xfcr.example"],
)
def test_what_is_no_name_of_a_host_is_refused_at_the_start(value):
    with pytest.raises(SettingsError, match="FRING_ALLOWED_HOSTS"):
        Settings.from_mapping({"FRING_ALLOWED_HOSTS": value})


def test_names_are_spelled_in_one_way():
    settings = Settings.from_mapping(
        {"FRING_ALLOWED_HOSTS": "Fring.Example., [2001:DB8::0:1] ,::1"}
    )
    assert settings.allowed_hosts == ("fring.example", "2001:db8::1", "::1")
