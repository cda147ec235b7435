"""What an answer's tag says: which state it shows, and that a client has it already."""

import re
from typing import Any

import pytest

from tests.http.wire import check_error

USERS, TASKS = "/api/v1/users", "/api/v1/tasks"


@pytest.fixture
def user(new_user):
    return f"{USERS}/{new_user()['id']}"


@pytest.fixture
def task(new_task):
    return f"{TASKS}/{new_task()['id']}"


@pytest.fixture
def own(new_own_task, owner):
    return f"/api/{owner}/tasks/{new_own_task()['id']}"


@pytest.fixture(params=["user", "task", "own"])
def row(request):
    """Return the path of a row of each kind."""
    return request.getfixturevalue(request.param)


def tag_of(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.headers["ETag"]


def known(client, path, *tags):
    headers = [("If-None-Match", tag) for tag in tags]
    return client.get(path, headers=headers).status_code == 304


def test_what_is_made_is_at_its_first_version(client, unique, owner):
    name = unique()
    for path, body in (
        (USERS, {"username": name, "email": f"{name}@example.com"}),
        (TASKS, {"title": name}),
        (f"/api/{owner}/tasks", {"title": name}),
    ):
        assert client.post(path, json=body).headers["ETag"] == '"1"'


def test_each_change_is_a_version(client, user, task, own, unique):
    changes: dict[str, list[tuple[str, str, Any]]] = {
        user: [("PUT", user, {"username": unique()}), ("PUT", user, {"username": unique()})],
        task: [("PUT", task, {}), ("PATCH", f"{task}/status?status=completed", None)],
        own: [
            ("PUT", own, {"title": "new"}),
            ("PATCH", f"{own}/complete", None),
            ("PATCH", f"{own}/complete", {"completed": True}),
        ],
    }
    for path, requests in changes.items():
        for version, (method, url, body) in enumerate(requests, 2):
            answer = client.request(method, url, json=body)
            assert (answer.status_code, answer.headers["ETag"]) == (200, f'"{version}"')
        digest = "" if path == own else "-[0-9a-f]{16}"
        assert re.fullmatch(f'"{version}{digest}"', tag_of(client, path))


def test_a_user_that_is_as_it_was_keeps_its_tag(client, user):
    before = client.get(user)
    shown = before.json()
    for body in ({}, {"username": shown["username"]}, shown):
        answer = client.put(user, json=body)
        assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')
    assert client.get(user).headers["ETag"] == before.headers["ETag"]


def test_a_refused_change_keeps_the_tag(client, user, new_user):
    before = tag_of(client, user)
    check_error(client.put(user, json={"username": new_user()["username"]}), 400, "username_taken")
    assert tag_of(client, user) == before


def test_known_answers_are_not_sent_again(client, row):
    answer = client.get(row)
    tag = answer.headers["ETag"]
    for method in ("GET", "HEAD"):
        for header in (tag, f"W/{tag}", "*", f'"other", {tag}', f',W/"x" ,{tag} ,,'):
            same = client.request(method, row, headers={"If-None-Match": header})
            assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", tag)
            assert "content-type" not in same.headers
    assert known(client, row, '"other"', tag), "on several lines"


def test_others_are(client, row):
    tag = tag_of(client, row)
    for header in (
        '"other"',
        '""',
        tag.strip('"'),  # malformed: nothing is known
        f"{tag} {tag}",
        f"{tag} or another",
        f"*, {tag}",
        "",
        f'"{tag[1:-1]}0"',
        '"2"',
        "9" * 5000,
    ):
        answer = client.get(row, headers={"If-None-Match": header})
        assert (answer.status_code, answer.headers["ETag"]) == (200, tag), header


def test_what_has_changed_is_not_known(client, row):
    tag = tag_of(client, row)
    body = {"email": "new@example.com"} if "users" in row else {"title": "new"}
    assert client.put(row, json=body).status_code == 200
    assert not known(client, row, tag)
    assert known(client, row, tag, tag_of(client, row))


def test_the_version_alone_is_not_all_that_is_shown(client, user, task):
    for path in (user, task):
        version = tag_of(client, path).partition("-")[0] + '"'
        assert not known(client, path, version)


def test_a_tag_covers_all_that_is_shown(client, user, task):
    """A user shows its tasks, and a task its users: their changes are none of its own versions."""
    pair = f"{user}/tasks/{task.rpartition('/')[2]}"

    def after(method, path, body=None):
        assert client.request(method, path, json=body).is_success
        return tag_of(client, user), tag_of(client, task)

    alone = tag_of(client, user), tag_of(client, task)
    assigned = after("POST", pair)
    retitled = after("PUT", task, {"title": "new"})
    renamed = after("PUT", user, {"email": f"{user.rpartition('/')[2]}@new.example"})
    parted = after("DELETE", pair)
    assert [each[0][:3] for each in (alone, assigned, retitled)] == ['"1-'] * 3
    assert [each[1][:3] for each in (assigned, renamed, parted)] == ['"2-', '"3-', '"4-']
    for tags in zip(alone, assigned, retitled, renamed, parted, strict=True):
        assert len({*tags}) == len(tags)


def test_who_takes_an_id_over_is_another(client, unique, unique_id):
    number = unique_id()
    user = {"id": number, "username": unique(), "email": f"{unique()}@example.com"}
    for path, body in ((USERS, user), (TASKS, {"id": number, "title": "the same"})):
        assert client.post(path, json=body).status_code == 201
        tag = tag_of(client, f"{path}/{number}")
        assert client.delete(f"{path}/{number}").status_code == 204
        assert client.post(path, json=body).status_code == 201
        assert tag_of(client, f"{path}/{number}").partition("-")[0] == tag.partition("-")[0]
        assert not known(client, f"{path}/{number}", tag)


def test_nothing_is_known_of_what_is_gone(client, row):
    assert client.delete(row).status_code == 204
    answer = client.get(row, headers={"If-None-Match": "*"})
    assert (answer.status_code, answer.headers.get("ETag")) in [(400, None), (404, None)]


def test_lists_have_no_tags(client, user, task, owner):
    for path in (USERS, TASKS, f"{user}/tasks", f"{task}/users", f"/api/{owner}/tasks"):
        answer = client.get(path, headers={"If-None-Match": "*"})
        assert (answer.status_code, "ETag" in answer.headers) == (200, False)


def test_pages_may_read_tags(client, row):
    page = {"Origin": "http://localhost:3000", "If-None-Match": tag_of(client, row)}
    answer = client.get(row, headers=page)
    assert answer.status_code == 304
    assert answer.headers["access-control-allow-origin"] == page["Origin"]
    assert "ETag" in answer.headers["access-control-expose-headers"].split(", ")
    asked = {
        "Origin": page["Origin"],
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "if-match,if-none-match",
    }
    allowed = client.options(row, headers=asked)
    assert allowed.headers["access-control-allow-headers"] == "if-match,if-none-match"


def test_who_may_not_read_learns_nothing(secured, caller):
    for header in ("*", '"1"'):
        answer = caller.get(f"{USERS}/1", headers={"If-None-Match": header})
        check_error(answer, 401, "unauthenticated")
        assert "ETag" not in answer.headers
