"""What is said of input that cannot be read: in this API's words, all of it, with the way out."""

from typing import Any

import pytest

from fring_http.api.reading.wording import alternatives
from tests.http.wire import check_error

# No store has a part in it.
pytestmark = pytest.mark.parametrize("server", ["memory"], indirect=True)

STATUSES = "todo, in_progress, completed or canceled"
DATE = "must be a date such as 2025-02-03, or null"


def faults(response):
    found = check_error(response, 422, "validation")
    return {fault["loc"][-1]: (fault["msg"], fault["type"]) for fault in found}


def test_all_members_are_told_at_once(client):
    body = {"title": 5, "description": [], "status": "done", "id": "5"}
    assert faults(client.post("/api/v1/tasks", json=body)) == {
        "title": ("must be a text", "type_error"),
        "description": ("must be a text, or null", "type_error"),
        "status": (f"must be {STATUSES}", "value_error"),
        "id": ("must be an integer, or null", "type_error"),
    }


@pytest.mark.parametrize("path", ["/api/{}/tasks", "/api/{}/tasks/1"])
def test_so_it_is_on_personal_lists(client, owner, path):
    body = {"title": None, "completed": "true", "due_date": 20250203, "status": 1}
    method = "PUT" if path.endswith("1") else "POST"
    assert faults(client.request(method, path.format(owner), json=body)) == {
        "title": ("must be a text", "type_error"),
        "completed": ("must be true or false", "type_error"),
        "due_date": (DATE, "type_error"),
        "status": (f"must be pending, {STATUSES}", "type_error"),
    }


@pytest.mark.parametrize("path", ["/api/{}/tasks", "/api/{}/tasks/1"])
def test_values_that_will_not_do_are_told_at_once_there(client, owner, path):
    method = "PUT" if path.endswith("1") else "POST"
    wrong = {
        "title": (" ", "must not be blank"),
        "description": ("x" * 1001, "must have at most 1000 characters"),
        "due_date": ("2025-02-30", "must be a date such as 2025-02-03"),
    }
    body: dict[str, Any] = {name: value for name, (value, _) in wrong.items()}
    expected = {name: (words, "value_error") for name, (_, words) in wrong.items()}
    body |= {"status": "todo", "completed": True}
    contradiction = faults(client.request(method, path.format(owner), json={**body, "title": "x"}))
    assert contradiction.keys() == {"completed", "description", "due_date"}
    found = faults(client.request(method, path.format(owner), json=body))
    assert found == expected | {"completed": contradiction["completed"]}
    body["description"] = "x" * 10_001
    assert faults(client.request(method, path.format(owner), json=body)) == found
    for name in wrong:
        alone = {"title": "x", name: body[name]}
        assert faults(client.request(method, path.format(owner), json=alone)).keys() == {name}


@pytest.mark.parametrize(
    ("path", "name", "words"),
    [
        ("/api/v1/tasks?status=done", "status", STATUSES),
        ("/api/ann/tasks?status=done", "status", f"all, pending, {STATUSES}"),
        ("/api/v1/tasks?limit=ten", "limit", "an integer"),
        ("/api/v1/tasks?limit=1001", "limit", "between 0 and 1000"),
        ("/api/v1/tasks?skip=-1", "skip", "between 0 and 9223372036854775807"),
        ("/api/v1/tasks?assigned=maybe", "assigned", "true, false, 1 or 0"),
        ("/api/ann/tasks?sort=due", "sort", "created or title"),
        ("/api/v1/tasks/one", "task_id", "an integer"),
    ],
)
def test_parameters_are_told_what_they_may_be(client, path, name, words):
    assert faults(client.get(path))[name][0] == f"must be {words}"


HALF = r"a text has half a character, \ud83c (a lone surrogate)"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "must be a JSON object; it is empty"),
        (b"[]", "must be a JSON object"),
        (b"null", "must be a JSON object"),
        (b'{"title"', "The body is not valid JSON: it ends too early"),
        (b'{"title": "\\ud83c"}', rf"The body is not valid JSON: {HALF}"),
        (b'{"title": "x\\ud83cy"}', rf"The body is not valid JSON: {HALF}"),
        (b'{"title": "x", "other": ["\\\\\\ud83c"]}', rf"The body is not valid JSON: {HALF}"),
        (b'{"title": "x\\\\ud83c', "The body is not valid JSON: it ends too early"),
        (b'{"title": "x",}', "The body is not valid JSON: trailing comma in object (byte 14)"),
        (b'{"title": "\xff"}', "The body is not valid JSON: it is not UTF-8 (byte 11)"),
        (b'{"a": ' + b"[" * 100_000, "The body is not valid JSON: it is nested too deeply"),
        (b'{"title": 5, "title": "x"}', "must name each member once"),
    ],
)
def test_a_body_is_told_what_is_wrong_with_it(client, body, words):
    response = client.post(
        "/api/v1/tasks", content=body, headers={"content-type": "application/json"}
    )
    assert faults(response)["body"][0] == words


@pytest.mark.parametrize("path", ["/api/v1/tasks", "/api/v1/users", "/api/ann/tasks"])
@pytest.mark.parametrize(
    "body",
    [{}, {"title": 1, "username": 1}, {"status": "done", "email": 1}, {"due_date": 1, "id": 1.5}],
)
def test_no_word_of_a_library_shows(client, path, body):
    text = client.post(path, json=body).text
    for word in ("Expected", "enum", "RFC3339", "object missing", "`", "$"):
        assert word not in text


def test_words_make_a_sentence(server):
    assert alternatives(["a"]) == "a"
    assert alternatives("abc") == "a, b or c"
