"""Which methods a path takes: OPTIONS, a 405 and the OpenAPI document agree."""

from typing import Any

import pytest
from litestar import Litestar, Router
from litestar.testing import TestClient

from fring_adapters.clock import utc_now
from fring_adapters.memory import MemoryStore
from fring_core import Fring
from fring_http.api.door.edge import head_as_get
from fring_http.api.personal import personal_router
from fring_http.api.v1 import v1_router
from tests.http.test_personal_paths import VERBS as PERSONAL
from tests.http.test_v1_paths import VERBS as BOARD
from tests.http.wire import check_error

ALL = {
    path.format(user=1, task=1, owner="ann"): methods - {"HEAD"}
    for path, methods in (BOARD | PERSONAL | {"/": {"GET"}, "/assets/docs.js": {"GET"}}).items()
}
AUTH = ("/api/v1/auth/register", "/api/v1/auth/login")
memory = pytest.mark.parametrize("server", ["memory"], indirect=True)


def in_order(methods, *, head=True):
    """Return what `Allow` says of a path with these methods."""
    more = {"OPTIONS"} | ({"HEAD"} if head and "GET" in methods else set())
    return ", ".join(sorted({*methods, *more}))


def check_allow(client, path, allow, **headers):
    options = client.options(path, headers=headers)
    assert (options.status_code, options.content) == (204, b"")
    assert options.headers["allow"] == allow
    refused = client.request("BREW", path, headers=headers)
    check_error(refused, 405, "method_not_allowed")
    assert refused.headers["allow"] == allow


@memory
@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("path", ALL)
def test_options_and_a_wrong_method_are_told_the_same(client, path, slash):
    check_allow(client, path.removesuffix("/") + slash, in_order(ALL[path]))


def test_the_document_says_so_too(secured_memory_server, caller):
    found = caller.get("/openapi.json").json()["paths"]
    for path, item in found.items():
        filled = path.replace("{task_id}", "1").replace("{user_id}", "1")
        methods = {method.upper() for method in item} & {"GET", "POST", "PUT", "PATCH", "DELETE"}
        check_allow(caller, filled, in_order(methods))
    assert set(AUTH) <= set(found)


@memory
def test_a_page_is_told_as_well(client):
    check_allow(client, "/health", "GET, HEAD, OPTIONS", origin="http://localhost:3000")
    assert client.options("/api/v1/nowhere").status_code == 404
    assert client.options("/api/auth/tasks").status_code == 404


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_mounted_router_tells_what_is_true_there(wrapped):
    fring = Fring(MemoryStore(), clock=utc_now)
    app = Litestar(
        [Router("/there", route_handlers=[v1_router(fring), personal_router(fring)])],
        logging_config=None,
    )
    with TestClient[Any](head_as_get(app) if wrapped else app) as client:
        for path, methods in ALL.items():
            if path.startswith(("/api/v1/users", "/api/v1/tasks", "/api/ann")):
                found = client.options(f"/there{path}").headers["allow"]
                assert found == in_order(methods, head=wrapped)


@memory
@pytest.mark.parametrize("path", AUTH)
def test_a_path_of_accounts_says_where_they_are(client, caller, path):
    detail = check_error(client.post(path, json={}), 404, "not_found")
    assert "BETTER_AUTH_SECRET" in detail
    for elsewhere in (client.post("/api/v1/nowhere"), caller.post("/api/v1/auth/nowhere")):
        assert "BETTER_AUTH_SECRET" not in check_error(elsewhere, 404, "not_found")
