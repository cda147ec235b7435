"""Fring below a path, whoever has put it there: a proxy, a server's root_path, another application.

The proxy here takes its path off and tells nobody.
"""

from urllib.parse import urljoin

import pytest
from litestar import Litestar, asgi
from litestar.testing import TestClient
from litestar.types import Receive, Scope, Send
from starlette.applications import Starlette
from starlette.routing import Mount

from fring_adapters.clock import utc_now
from fring_adapters.identity import Argon2Passwords, SecretTokens
from fring_adapters.memory import MemoryStore
from fring_core import Accounts, Causes, Fring
from fring_http.api.app import create_app
from fring_http.api.v1 import auth_router, v1_router
from tests.http.test_documentation import Loads
from tests.http.tokens import SECRET

PREFIX = "/of the shop/todo"
QUOTED = "/of%20the%20shop/todo"


def changed(app, change):
    """Return an application that another sees with a changed scope."""

    async def answer(scope, receive, send):
        await app(scope | change(scope) if scope["type"] == "http" else scope, receive, send)

    return answer


def proxied(app):
    def take_off(scope):
        raw = scope["raw_path"].removeprefix(QUOTED.encode())
        return {"path": scope["path"].removeprefix(PREFIX), "raw_path": raw}

    return changed(app, take_off)


def without_raw_path(app):
    return proxied(changed(app, lambda _: {"raw_path": None}))  # ASGI leaves it to the server


def with_root_path(app):
    return changed(app, lambda _: {"root_path": PREFIX})


def in_litestar(app):
    @asgi(PREFIX, is_mount=True, copy_scope=True)
    async def mounted(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, send)

    return Litestar([mounted], logging_config=None)


def in_starlette(app):
    return Starlette(routes=[Mount(PREFIX, app)])


PLACES = {
    "alone": ("", lambda app: app),
    "proxy": (QUOTED, proxied),
    "proxy, no raw path": (QUOTED, without_raw_path),
    "root_path": (QUOTED, with_root_path),
    "Litestar": (QUOTED, in_litestar),
    "Starlette": (QUOTED, in_starlette),
}


@pytest.fixture(scope="module", params=PLACES)
def place(request):
    """Give a client of Fring somewhere, the path it is below, and whether slashes are seen."""
    prefix, put = PLACES[request.param]
    app = create_app(Fring(MemoryStore(), clock=utc_now))
    with TestClient(put(app), base_url="http://testserver.local") as client:
        yield client, prefix, request.param != "proxy, no raw path"


@pytest.mark.parametrize("path", ["/api/v1/users", "/api/v1/tasks", "/api/J%C3%BCrgen%20B/tasks"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_a_location_leads_to_what_was_made(place, unique, path, slash):
    client, prefix, sees_slashes = place
    body = {"title": "x", "username": unique(), "email": f"{unique()}@b.c"}
    made = client.post(prefix + path + slash * sees_slashes, json=body)
    assert made.status_code == 201
    location = urljoin(str(made.url), made.headers["location"])
    shown = client.get(location).json()
    assert {name: shown[name] for name in made.json()} == made.json()
    assert location.endswith(f"{prefix}{path}/{made.json()['id']}")


def test_assigning_makes_nothing_that_has_an_address(place, unique):
    client, prefix, _ = place
    user = {"username": unique(), "email": f"{unique()}@b.c"}
    user_id = client.post(f"{prefix}/api/v1/users", json=user).json()["id"]
    task_id = client.post(f"{prefix}/api/v1/tasks", json={"title": "x"}).json()["id"]
    assigned = client.post(f"{prefix}/api/v1/users/{user_id}/tasks/{task_id}")
    assert assigned.status_code == 201
    assert "location" not in assigned.headers


def test_the_next_page_is_found(place, unique):
    client, prefix, sees_slashes = place
    path = f"{prefix}/api/{unique()}/tasks"
    made = [client.post(path, json={"title": "x"}).json()["id"] for _ in range(3)]
    seen, link = [], path + "/" * sees_slashes + "?limit=1"
    while link:
        page = client.get(link)
        seen += [task["id"] for task in page.json()]
        link = "next" in page.links and urljoin(str(page.url), page.links["next"]["url"])
    assert sorted(seen) == sorted(made)


@pytest.mark.parametrize("path", ["/docs", "/docs/", "/redoc", "/redoc/", "/"])
def test_pages_find_what_they_load(place, path):
    client, prefix, sees_slashes = place
    path = path if sees_slashes else path.rstrip("/") or "/"
    page = client.get(prefix + path, headers={"accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    loads = Loads(page.text)
    assert len(loads.urls) > 3
    for link in loads.urls:
        assert client.get(urljoin(str(page.url), link)).status_code == 200, link


@pytest.mark.parametrize("path", ["/", "/api/v1", "/api/v1/"])
def test_links_to_the_description_are_found(place, path):
    client, prefix, sees_slashes = place
    answer = client.get(prefix + (path if sees_slashes else path.rstrip("/") or "/"))
    for relation, media_type in (
        ("service-doc", "text/html"),
        ("service-desc", "application/json"),
    ):
        link = answer.links[relation]
        found = client.get(urljoin(str(answer.url), link["url"]))
        assert found.headers["content-type"].startswith(media_type) == (link["type"] == media_type)


def test_the_servers_of_the_document_are_where_it_is(place):
    client, prefix, _ = place
    answer = client.get(f"{prefix}/openapi.json")
    (server,) = answer.json()["servers"]
    root = urljoin(str(answer.url), server["url"])
    assert client.get(root.rstrip("/") + "/health").status_code == 200


def test_an_account_is_a_user_of_the_board(unique):
    store, tokens = MemoryStore(), SecretTokens(SECRET)
    accounts = Accounts(store, passwords=Argon2Passwords(), issuer=tokens, causes=Causes(utc_now))
    app = Litestar(
        [v1_router(Fring(store, clock=utc_now)), auth_router(accounts)], logging_config=None
    )
    account = {"username": unique(), "email": f"{unique()}@b.c", "password": unique()}
    with TestClient(proxied(app)) as client:
        made = client.post(f"{QUOTED}/api/v1/auth/register", json=account)
        location = urljoin(str(made.url), made.headers["location"])
        assert client.get(location).json()["username"] == account["username"]
