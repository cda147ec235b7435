"""All seventeen endpoints: both forms of a path, HEAD, wrong verbs, unknown paths."""

import pytest

from tests.http.wire import check_error, connect, request_bytes

# One store will do for paths.
pytestmark = pytest.mark.parametrize("server", ["postgres"], indirect=True)

ENDPOINTS = [
    ("POST", "/users", 201),
    ("GET", "/users", 200),
    ("GET", "/users/{user}", 200),
    ("PUT", "/users/{user}", 200),
    ("DELETE", "/users/{user}", 204),
    ("GET", "/users/{user}/tasks", 200),
    ("POST", "/users/{user}/tasks/{free}", 201),
    ("DELETE", "/users/{user}/tasks/{task}", 204),
    ("POST", "/tasks", 201),
    ("GET", "/tasks", 200),
    ("GET", "/tasks/{task}", 200),
    ("PUT", "/tasks/{task}", 200),
    ("DELETE", "/tasks/{task}", 204),
    ("PATCH", "/tasks/{task}/status", 200),
    ("GET", "/tasks/{task}/users", 200),
    ("POST", "/tasks/{free}/users/{user}", 201),
    ("DELETE", "/tasks/{task}/users/{user}", 204),
]

# The paths of the server and the verbs that each takes; HEAD comes with GET.
VERBS = {
    "/health": {"GET"},
    "/health/live": {"GET"},
    "/health/ready": {"GET"},
    "/api/v1": {"GET"},
    "/api/v1/health": {"GET"},
    "/openapi.json": {"GET"},
    "/docs": {"GET"},
    "/redoc": {"GET"},
    "/api/v1/users": {"GET", "POST"},
    "/api/v1/users/{user}": {"GET", "PUT", "DELETE"},
    "/api/v1/users/{user}/tasks": {"GET"},
    "/api/v1/users/{user}/tasks/{task}": {"POST", "DELETE"},
    "/api/v1/tasks": {"GET", "POST"},
    "/api/v1/tasks/{task}": {"GET", "PUT", "DELETE"},
    "/api/v1/tasks/{task}/status": {"PATCH"},
    "/api/v1/tasks/{task}/users": {"GET"},
    "/api/v1/tasks/{task}/users/{user}": {"POST", "DELETE"},
}


@pytest.fixture
def fill(new_user, new_task, assign):
    """Return a function that fills a path's ids: a user with a task, and a free task."""

    def fill(path):
        if "{" not in path:
            return path
        user, task, free = new_user(), new_task(), new_task()
        assign(user, task)
        return path.format(user=user["id"], task=task["id"], free=free["id"])

    return fill


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: " ".join(endpoint[:2]))
def test_every_path_works_with_and_without_a_slash(client, fill, unique, endpoint, slash):
    (method, path, status), name = endpoint, unique()
    body = {"username": name, "email": f"{name}@example.com", "title": name}
    response = client.request(
        method,
        f"/api/v1{fill(path)}{slash}",
        params={"status": "completed"} if method == "PATCH" else {},
        json=body if method in {"POST", "PUT"} else None,
    )
    assert response.status_code == status, response.text


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("path", [path for path, verbs in VERBS.items() if "GET" in verbs])
def test_head_answers_as_get_without_a_body(client, fill, path, slash):
    filled = fill(path) + slash
    got, head = client.get(filled), client.head(filled)
    assert (got.status_code, head.status_code) == (200, 200)
    assert head.content == b""
    assert head.headers["content-type"] == got.headers["content-type"]
    # A health check's time may have more digits the one time than the other.
    if not path.endswith("/health"):
        assert head.headers["content-length"] == got.headers["content-length"]
    assert set(head.headers) == set(got.headers)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/users/0", 400),
        ("/api/v1/users/x", 422),
        ("/api/v1/users?limit=x", 422),
        ("/api/v1/nowhere", 404),
        ("/api/v1/tasks/1/status", 405),
    ],
)
def test_head_answers_errors_without_a_body(client, path, status):
    response = client.head(path)
    assert (response.status_code, response.content) == (status, b"")
    assert response.headers["content-type"] == "application/json"


@pytest.mark.parametrize("path", ["/api/v1/tasks", "/docs", "/api/v1/nowhere"])
def test_nothing_follows_the_headers_of_an_answer_to_head(server, path):
    with connect(server) as sock:
        sock.sendall(request_bytes("HEAD", path))
        answer = b"".join(iter(lambda: sock.recv(2**16), b""))
    assert answer.startswith(b"HTTP/1.1 ")
    assert answer.index(b"\r\n\r\n") == len(answer) - 4


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("path", VERBS)
def test_a_wrong_verb_is_told_the_right_ones(client, fill, path, slash):
    verbs = VERBS[path] | ({"HEAD"} if "GET" in VERBS[path] else set())
    filled = fill(path) + slash
    for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "BREW"} - verbs:
        response = client.request(method, filled)
        if method == "HEAD":
            assert (response.status_code, response.content) == (405, b"")
        else:
            check_error(response, 405, "method_not_allowed")
        allowed = {verb.strip() for verb in response.headers["allow"].split(",")}
        assert allowed - {"OPTIONS"} == verbs


def test_a_user_cannot_be_patched(client, new_user):
    user = new_user()
    response = client.patch(f"/api/v1/users/{user['id']}", json={"email": "new@example.com"})
    check_error(response, 405, "method_not_allowed")
    assert client.get(f"/api/v1/users/{user['id']}").json() == user | {"tasks": []}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "BREW"])
@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/api",
        "/api/v2/users",
        "/api/v1/nowhere",
        "/api/v1/user",
        "/api/v1/Users",
        "/api/v1/users/1/nowhere",
        "/api/v1/users/1/tasks/1/nowhere",
        "/api/v1/tasks/1/status/todo",
        "/health/nowhere",
        "/users",
        "/tasks/1",
        "/api/v1/%FF",
        "/%00",
        "/api/v1/../../etc/passwd",
        "/docs/../../pyproject.toml",
    ],
)
def test_an_unknown_path_is_not_found(client, method, path):
    check_error(client.request(method, path), 404, "not_found")
