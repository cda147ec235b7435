"""A body says what it is, wherever one is read; where none is read, none has to."""

import pytest

from tests.http.test_personal_paths import ENDPOINTS as PERSONAL
from tests.http.test_v1_paths import ENDPOINTS as BOARD
from tests.http.wire import as_json, check_error, check_invalid, raw_request, request_bytes

# No store has a part in it.
pytestmark = pytest.mark.parametrize("server", ["memory"], indirect=True)

TASKS = "/api/v1/tasks"
READING = [
    ("POST", "/api/v1/users"),
    ("PUT", "/api/v1/users/1"),
    ("POST", TASKS),
    ("PUT", "/api/v1/tasks/1"),
    ("POST", "/api/ann/tasks"),
    ("PUT", "/api/ann/tasks/1"),
]


def raw(method, path, *fields, body=b""):
    return (
        "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *fields, "", ""]).encode()
        + body
    )


@pytest.mark.parametrize(("method", "path"), READING)
@pytest.mark.parametrize("fields", [[], ["Content-Type:"], ["Content-Type: ;charset=utf-8"]])
def test_a_body_of_no_type_is_not_supported(server, unchanged, method, path, fields):
    body = as_json({"title": "t", "username": "t", "email": "t@example.com"})
    sent = raw(method, path, f"Content-Length: {len(body)}", *fields, body=body)
    detail = check_error(raw_request(server, sent), 415, "unsupported_media_type")
    assert "Content-Type: application/json" in detail


@pytest.mark.parametrize(("method", "path"), READING)
def test_no_body_is_of_no_type(server, unchanged, method, path):
    chunked = ["Transfer-Encoding: chunked"]
    for fields, body in (([], b""), (["Content-Length: 0"], b""), (chunked, b"0\r\n\r\n")):
        response = raw_request(server, raw(method, path, *fields, body=body))
        check_invalid(response, "body", kind="json_invalid")


def test_a_chunked_body_has_a_type_too(server, unchanged):
    body = b'e\r\n{"title": "t"}\r\n0\r\n\r\n'
    response = raw_request(server, raw("POST", TASKS, "Transfer-Encoding: chunked", body=body))
    check_error(response, 415, "unsupported_media_type")


@pytest.mark.parametrize("second", ["application/json", "text/plain", ""])
@pytest.mark.parametrize("first", ["application/json", ""])
def test_two_types_are_none(server, unchanged, first, second):
    fields = {"Content-Type": first, "CONTENT-TYPE": second}
    response = raw_request(server, request_bytes("POST", TASKS, b'{"title": "t"}', fields))
    check_error(response, 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "given", ["application/json, text/plain", "text/plain; application/json", "application/json x"]
)
def test_a_type_that_only_mentions_json_is_another(server, unchanged, given):
    fields = {"Content-Type": given}
    response = raw_request(server, request_bytes("POST", TASKS, b'{"title": "t"}', fields))
    check_error(response, 415, "unsupported_media_type")


WITHOUT_BODY = [
    (method, path, status)
    for method, path, status in [*((m, f"/api/v1{p}", s) for m, p, s in BOARD), *PERSONAL]
    if method not in ("GET", "PUT") and not path.endswith(("/tasks", "/users"))
]


@pytest.mark.parametrize(("method", "path", "status"), WITHOUT_BODY)
def test_what_needs_no_body_needs_no_type(
    server, new_user, new_task, assign, owner, new_own_task, *, method, path, status
):
    """As the specification's curl sends it: nothing but the first line, and Host."""
    user, task = new_user(), new_task()
    assign(user, task)
    mine = new_own_task() if "{owner}" in path else task
    filled = path.format(user=user["id"], task=mine["id"], free=new_task()["id"], owner=owner)
    query = "?status=completed" if path.endswith("/status") else ""
    assert raw_request(server, raw(method, filled + query)).status_code == status
