"""What a page in a browser can do to a server that its visitor reaches: with no token, nothing.

A browser sends a request of certain kinds anywhere, without asking first, and says in `Origin`
whose page sent it.
"""

import pytest

from tests.http.test_personal_paths import ENDPOINTS as PERSONAL
from tests.http.test_v1_paths import ENDPOINTS as BOARD
from tests.http.tokens import bearer, token
from tests.http.wire import check_error, raw_request, request_bytes

# No store has a part in it.
open_server = pytest.mark.parametrize("server", ["memory"], indirect=True)
secured_server = pytest.mark.parametrize("secured", ["memory"], indirect=True)

EVIL = "https://evil.example"
TASKS = "/api/v1/tasks"
WRITES = [
    *((method, f"/api/v1{path}") for method, path, _ in BOARD if method != "GET"),
    *((method, path) for method, path, _ in PERSONAL if method != "GET"),
]
ACCOUNTS = ("/api/v1/auth/register", "/api/v1/auth/login")
FOREIGN = [
    EVIL,
    "null",
    "http://localhost.evil.example",
    "http://evil.example:8000",
    "http://127.0.0.10:3000",
    "http://localhost:3000, https://evil.example",
    "http://localhost:x",
    "file://",
    "localhost",
]
JSON = {"content-type": "application/json"}


@pytest.fixture
def targets(client, new_user, new_task, owner, new_own_task):
    """Give a function that fills a path's ids, and one that tells all that there is."""
    user, task, own = new_user()["id"], new_task()["id"], new_own_task()["id"]

    def fill(path):
        mine = own if "{owner}" in path else task
        return path.format(user=user, task=mine, free=task, owner=owner)

    def everything():
        lists = ("/api/v1/users?limit=1000", f"{TASKS}?limit=1000", f"/api/{owner}/tasks")
        return [client.get(each).json() for each in (*lists, f"/api/v1/users/{user}")]

    return fill, everything


@open_server
@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_foreign_page_writes_nothing(client, targets, method, path, slash):
    fill, everything = targets
    before = everything()
    query = {"status": "completed"} if path.endswith("/status") else {}
    planted = b'{"title": "planted"}'
    for content, kind in (
        (b"", {}),
        (planted, {}),
        (planted, {"content-type": ""}),
        (planted, JSON),
    ):
        headers = kind | {"origin": EVIL, "sec-fetch-site": "cross-site"}
        response = client.request(
            method, fill(path) + slash, params=query, content=content, headers=headers
        )
        detail = check_error(response, 403, "forbidden")
        assert "CORS_ORIGINS" in detail, "the operator of an honest page finds the way out"
        assert "access-control-allow-origin" not in response.headers
    assert everything() == before


@open_server
@pytest.mark.parametrize("origin", FOREIGN)
def test_many_origins_are_foreign(client, origin):
    body = {"title": "planted"}
    check_error(client.post(TASKS, json=body, headers={"origin": origin}), 403, "forbidden")


@open_server
@pytest.mark.parametrize("more", [EVIL, "http://localhost:3000"])
def test_two_origins_are_foreign(server, more):
    fields = {"Origin": "http://localhost:3000", "ORIGIN": more}
    response = raw_request(server, request_bytes("POST", TASKS, b'{"title": "x"}', fields))
    check_error(response, 403, "forbidden")


@open_server
def test_an_origin_that_is_said_to_be_nothing_is_foreign(server):
    response = raw_request(server, request_bytes("POST", TASKS, b'{"title": "x"}', {"Origin": ""}))
    check_error(response, 403, "forbidden")


@open_server
def test_it_is_refused_before_the_body_is_read(server):
    fields = {"Origin": EVIL, "Content-Length": "1000000", "Expect": "100-continue"}
    response = raw_request(server, request_bytes("POST", TASKS, b"", fields))
    check_error(response, 403, "forbidden")
    assert response.headers["connection"] == "close"


@open_server
def test_a_foreign_page_may_ask_and_is_not_told(client):
    response = client.get(TASKS, headers={"origin": EVIL})
    assert response.status_code == 200
    assert "access-control-allow-origin" not in response.headers
    assert client.head(TASKS, headers={"origin": EVIL}).status_code == 200


@open_server
@pytest.mark.parametrize(
    "origin", [None, "http://localhost:3000", "https://127.0.0.1", "http://[::1]:5173"]
)
def test_a_page_of_this_machine_and_no_page_at_all_may_write(client, origin):
    headers = {"origin": origin} if origin else {}
    assert client.post(TASKS, json={"title": "x"}, headers=headers).status_code == 201


@open_server
def test_whoever_has_a_token_may_come_from_anywhere(client):
    """No browser adds one by itself, unlike a password that it remembers."""
    for scheme, status in (("Bearer x", 201), ("bearer x", 201), ("Basic YTpi", 403), ("", 403)):
        headers = {"origin": EVIL, "authorization": scheme}
        answer = client.post(TASKS, json={"title": "x"}, headers=headers)
        assert answer.status_code == status, scheme


@secured_server
@pytest.mark.parametrize("path", ACCOUNTS)
def test_accounts_are_no_exception(caller, account, path):
    check_error(caller.post(path, json=account, headers={"origin": EVIL}), 403, "forbidden")
    ours = caller.post(path, json={}, headers={"origin": "http://localhost:3000"})
    assert ours.status_code == 422


@secured_server
def test_with_tokens_wanted_the_token_decides(caller):
    for headers, status in (({}, 403), (bearer("x"), 401), (bearer(token()), 201)):
        sent = headers | {"origin": EVIL}
        answer = caller.post("/api/alice/tasks", json={"title": "x"}, headers=sent)
        assert answer.status_code == status
    assert caller.post("/api/alice/tasks", json={"title": "x"}).status_code == 401
