"""What needs no token where everything else does, and what browsers may ask beforehand."""

import pytest

from tests.http.documented import operations
from tests.http.test_v1_cors import check_allowed, preflight
from tests.http.tokens import as_user, bearer
from tests.http.wire import check_error

pytestmark = pytest.mark.parametrize("secured", ["memory"], indirect=True)

ORIGIN = "http://localhost:3000"
OPEN = [
    *("/health/live", "/health/live/", "/health/ready", "/health/ready/"),
    *("", "/", "/health", "/health/", "/api/v1/health", "/api/v1/health/", "/api/v1", "/api/v1/"),
    *("/docs", "/docs/", "/redoc", "/redoc/", "/openapi.json", "/assets/docs.js"),
]


ACCOUNTS = [f"/api/v1/auth/{name}" for name in ("register", "login", "logout")]


@pytest.mark.parametrize("path", OPEN)
@pytest.mark.parametrize("headers", [{}, bearer("bad"), {"Authorization": "Basic eDp5"}])
def test_an_open_path_asks_for_nothing(caller, path, headers):
    assert caller.get(path, headers=headers).status_code == 200
    assert caller.head(path, headers=headers).status_code == 200


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("headers", [{}, bearer("bad")])
def test_accounts_are_open(caller, unique, slash, headers):
    account = {"username": unique(), "email": f"{unique()}@example.com", "password": unique()}
    made = caller.post(f"/api/v1/auth/register{slash}", json=account, headers=headers)
    assert made.status_code == 201
    login = {"username": account["username"], "password": account["password"]}
    entered = caller.post(f"/api/v1/auth/login{slash}", json=login, headers=headers)
    assert entered.status_code == 200
    left = caller.post(f"/api/v1/auth/logout{slash}", headers=headers)
    assert (left.status_code, left.content) == (204, b"")


def test_the_description_says_which_paths_are_open(secured):
    for (method, path), operation in operations(secured.url).items():
        closed = path.startswith("/api/") and path not in (*OPEN, *ACCOUNTS)
        assert operation["security"] == ([{"bearer": []}] if closed else []), path
        answers = set(operation["responses"])
        assert ("401" in answers) is (closed or path == "/api/v1/auth/login"), path
        # Whoever is known may read the board.
        reads_board = method == "GET" and operation["tags"][0] in {"board", "events", "tasks"}
        assert ("403" in answers) is ((closed and not reads_board) or method != "GET"), path


def test_nothing_else_is_open(caller, secured):
    for (method, path), operation in operations(secured.url).items():
        if operation["security"]:
            at = path.format(owner="me", user_id=1, task_id=1, webhook_id=1, delivery_id=1)
            for slash in ("", "/"):
                check_error(caller.request(method, at + slash), 401, "unauthenticated")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/alice/tasks"),
        ("POST", "/api/alice/tasks"),
        ("POST", "/api/alice/tasks/"),
        ("GET", "/api/alice/tasks/1"),
        ("PUT", "/api/alice/tasks/1"),
        ("DELETE", "/api/alice/tasks/1"),
        ("PATCH", "/api/alice/tasks/1/complete"),
        ("GET", "/api/v1/tasks"),
        ("POST", "/api/v1/users"),
        ("PUT", "/api/v1/tasks/1"),
        ("PATCH", "/api/v1/tasks/1/status"),
        ("DELETE", "/api/v1/users/1/tasks/1"),
        ("POST", "/api/v1/auth/login"),
        ("POST", "/api/v1/auth/register"),
        ("POST", "/api/v1/auth/logout"),
        ("POST", "/api/v1/auth/change-password"),
        ("GET", "/api/v1/auth/me"),
        ("DELETE", "/api/v1/auth/me"),
    ],
)
def test_a_preflight_needs_no_token(caller, method, path):
    response = preflight(caller, ORIGIN, path, method)
    assert response.status_code in {200, 204}, response.text
    check_allowed(response, ORIGIN)
    methods = response.headers["access-control-allow-methods"].split(",")
    assert method in {name.strip().upper() for name in methods}
    headers = response.headers["access-control-allow-headers"].lower().split(",")
    assert {"content-type", "authorization"} <= {name.strip() for name in headers}


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), (bearer("bad"), 401), (as_user("mallory", "viewer"), 403)],
    ids=["none", "bad", "another"],
)
@pytest.mark.parametrize("path", ["/api/alice/tasks", "/api/v1/users"])
def test_a_page_can_read_why_it_was_refused(caller, path, headers, status):
    response = caller.post(path, json={}, headers=headers | {"origin": ORIGIN})
    assert response.status_code == status
    check_allowed(response, ORIGIN)
    exposed = response.headers["access-control-expose-headers"].lower()
    assert {"www-authenticate", "link", "location", "retry-after"} <= set(exposed.split(", "))
    foreign = caller.post(path, json={}, headers=headers | {"origin": "http://example.com"})
    assert foreign.status_code == (status if headers else 403), "a token decides where there is one"
    assert "access-control-allow-origin" not in foreign.headers


def test_options_without_a_preflight_does_nothing(caller):
    for path in ("/api/alice/tasks", "/api/v1/tasks"):
        assert caller.options(path).status_code in {200, 204, 401, 405}
