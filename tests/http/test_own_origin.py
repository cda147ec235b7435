"""Which origin is the server's own, and which may call it, whoever sends the request."""

import httpx
import pytest
from litestar.testing import TestClient

from fring_adapters.clock import utc_now
from fring_adapters.memory import MemoryStore
from fring_core import Fring
from fring_http.api.app import create_app
from tests.serving import in_thread

EVIL = "https://evil.example"
TASKS = "/api/v1/tasks"


def app(**more):
    return create_app(Fring(MemoryStore(), clock=utc_now), **more)


OWN = [
    # Origin, Host, the scheme between proxy and server
    ("https://fring.example", "fring.example", "http"),
    ("http://fring.example", "fring.example", "http"),
    ("http://fring.example:8000", "fring.example:8000", "http"),
    ("https://fring.example", "FRING.example:443", "http"),
    ("http://fring.example", "fring.example:80", "http"),
    ("https://fring.example", "fring.example.", "https"),
    ("http://[2001:db8::1]:8000", "[2001:DB8:0::1]:8000", "http"),
    ("http://192.0.2.1:8000", "192.0.2.1:8000", "http"),
]
NOT_OWN = [
    ("http://fring.example:8001", "fring.example:8000", "http"),
    ("http://fring.example", "fring.example:8000", "http"),
    ("https://fring.example", "fring.example:80", "http"),
    ("http://fring.example:443", "fring.example", "http"),
    ("http://fring.example", "fring.example", "https"),
    ("http://fring.example", "www.fring.example", "http"),
    ("http://user@fring.example", "fring.example", "http"),
    ("http://fring.example/", "fring.example", "http"),
    ("app://fring.example", "fring.example", "http"),
    ("https://fring.example", "not a host", "http"),
]


@pytest.mark.parametrize(("origin", "host", "scheme"), OWN + NOT_OWN)
def test_the_servers_own_origin(origin, host, scheme):
    with TestClient(app(cors_origins=[]), base_url=f"{scheme}://test.local") as client:
        headers = {"origin": origin, "host": host}
        answer = client.post(TASKS, json={"title": "x"}, headers=headers)
        assert answer.status_code == (201 if (origin, host, scheme) in OWN else 403)


def test_named_origins_replace_those_of_this_machine():
    with TestClient(app(cors_origins=["https://App.example:443/"])) as client:
        for origin, status in (
            ("https://app.example", 201),
            ("https://app.example:444", 403),
            ("http://localhost:3000", 403),
            ("null", 403),
        ):
            answer = client.post(TASKS, json={"title": "x"}, headers={"origin": origin})
            assert answer.status_code == status, origin


@pytest.mark.parametrize("origin", ["*", "https://*", "https://*.example", "app.example", "null"])
def test_what_is_no_origin_is_refused_at_the_start(origin):
    with pytest.raises(ValueError, match="origin"):
        app(cors_origins=[origin])


def test_every_answer_says_that_it_depends_on_the_origin():
    with TestClient(app()) as client:
        for path in ("/health", TASKS, "/nowhere", "/docs", "/api/v1/users/x"):
            for headers in ({}, {"origin": EVIL}, {"origin": "http://localhost:3000"}):
                assert client.get(path, headers=headers).headers.get_list("vary") == ["Origin"]


def test_on_another_server_too(unique):
    """Over uvicorn, since a browser does not ask whose server it is."""
    with in_thread(app()) as url:
        for origin, status in ((EVIL, 403), ("null", 403), (url, 201)):
            body, headers = {"title": unique()}, {"origin": origin}
            answer = httpx.post(f"{url}{TASKS}", json=body, headers=headers, verify=False)
            assert answer.status_code == status
