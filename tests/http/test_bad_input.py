"""Bad input gets a clear 4xx, changes nothing and leaves the server well.

The rows are in `bad_input.py`; they travel as bytes, since no client library would send some.
"""

import pytest
from httpx import Response

from tests.http.bad_bodies import Row
from tests.http.bad_input import PAST_LIMIT, ROWS
from tests.http.wire import (
    as_json,
    check_error,
    check_invalid,
    raw_request,
    request_bytes,
)

# Of all this nothing is the store's business, so one will do: PostgreSQL, which would fail where the
# memory store accepts anything.
pytestmark = pytest.mark.parametrize("server", ["postgres"], indirect=True)

USERS, TASKS = "/api/v1/users", "/api/v1/tasks"


@pytest.fixture(scope="module")
def targets(server, known):
    """Create a user and a task for the rows to aim at."""
    known.clear()
    ids = []
    for path, body in (
        (USERS, {"username": "the target", "email": "target@example.com"}),
        (TASKS, {"title": "the target"}),
    ):
        answer = raw_request(server, request_bytes("POST", path, as_json(body)))
        assert answer.status_code == 201
        ids.append(answer.json()["id"])
    yield {"user": ids[0], "task": ids[1]}
    for path, entity in zip((USERS, TASKS), ids, strict=True):
        raw_request(server, request_bytes("DELETE", f"{path}/{entity}"))


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in ROWS])
def test_bad_input(server, unchanged, targets, row: Row):
    path = row.path.replace("{user}", str(targets["user"]))
    path = path.replace("{task}", str(targets["task"]))
    response = raw_request(server, request_bytes(row.method, path, row.body, row.headers))
    if row.status == 422:
        check_invalid(response, *row.where.split("."))
    else:
        check_error(response, row.status, row.where)


def _delete(server: str, path: str, response: Response) -> None:
    """Delete what was created after all, if it was."""
    if response.status_code == 201:
        raw_request(server, request_bytes("DELETE", f"{path}/{response.json()['id']}"))


@pytest.mark.parametrize(
    ("path", "field", "value"),
    [
        (TASKS, "title", "x" * 200),
        (TASKS, "title", "\U0001f600" * 200),
        (TASKS, "description", "x" * 10_000),
        (TASKS, "description", "\U0001f600" * 10_000),
        (TASKS, "description", ""),
        (USERS, "username", "x" * 255),
        (USERS, "username", "\U0001f600" * 255),
        (USERS, "email", "x" * 249 + "@xy.zz"),
        (USERS, "email", "\U0001f600" * 249 + "@xy.zz"),
        (USERS, "email", "a@b.c"),
        (USERS, "email", "ü@ß..d"),
    ],
)
def test_what_is_just_within_the_limits_is_taken_as_sent(server, unchanged, path, field, value):
    body = {"title": "t", "username": "just within", "email": "within@example.com", field: value}
    response = raw_request(server, request_bytes("POST", path, as_json(body)))
    _delete(server, path, response)
    assert response.status_code == 201, response.text
    assert response.json()[field] == value


@pytest.mark.parametrize("path", [USERS, TASKS])
@pytest.mark.parametrize("chosen", [1, 2**31 - 1])
def test_the_least_and_the_greatest_id_can_be_chosen(server, unchanged, path, chosen):
    body = {"id": chosen, "title": "t", "username": "chosen", "email": "chosen@example.com"}
    response = raw_request(server, request_bytes("POST", path, as_json(body)))
    if response.status_code == 400:  # an earlier test has it
        check_error(response, 400, "id_taken")
    else:
        _delete(server, path, response)
        assert (response.status_code, response.json()["id"]) == (201, chosen)


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "Application/JSON",
        "application/json;charset=utf-16",  # RFC 8259, 11: there is no such parameter
    ],
)
def test_every_spelling_of_json_is_taken(server, unchanged, content_type):
    body, fields = as_json({"title": "t"}), {"Content-Type": content_type}
    response = raw_request(server, request_bytes("POST", TASKS, body, fields))
    _delete(server, TASKS, response)
    assert response.status_code == 201, response.text


@pytest.mark.parametrize(
    "body",
    [
        b'{"title": "t", "title": "u"}',
        b'{"title": "t", "unknown": ' + b"9" * 5000 + b"}",
        b'{"title": "t", "unknown": "\\ud800"}',
        b'{"title": "t", "\\u0000": 1}',
        b'{"title": "t", "unknown": 1e999}',
        b'\xef\xbb\xbf{"title": "t"}',
    ],
    ids=["twice", "big", "surrogate", "NUL", "infinite", "BOM"],
)
def test_odd_json_beside_what_is_asked_for_is_ignored_or_refused(server, unchanged, body):
    response = raw_request(server, request_bytes("POST", TASKS, body))
    _delete(server, TASKS, response)
    if response.status_code != 201:
        check_invalid(response, "body")


def test_a_body_of_exactly_the_limit_is_taken(server, unchanged):
    body = as_json({"title": "t"}).ljust(PAST_LIMIT - 1)
    response = raw_request(server, request_bytes("POST", TASKS, body))
    _delete(server, TASKS, response)
    assert response.status_code == 201, response.text
