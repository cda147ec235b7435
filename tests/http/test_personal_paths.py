"""Whose list a path names: any text of 1-255 characters, but for the names that are taken."""

from urllib.parse import quote

import pytest

from tests.http.wire import (
    TASK_FIELDS,
    check_error,
    check_invalid,
    check_own_task,
    raw_request,
    request_bytes,
)

# One store will do for paths: PostgreSQL, which compares names in a way that can be set.
pytestmark = pytest.mark.parametrize("server", ["postgres"], indirect=True)

ENDPOINTS = [
    ("POST", "/api/{owner}/tasks", 201),
    ("GET", "/api/{owner}/tasks", 200),
    ("GET", "/api/{owner}/tasks/{task}", 200),
    ("PUT", "/api/{owner}/tasks/{task}", 200),
    ("DELETE", "/api/{owner}/tasks/{task}", 204),
    ("PATCH", "/api/{owner}/tasks/{task}/complete", 200),
]
VERBS = {
    "/api/{owner}/tasks": {"GET", "HEAD", "POST"},
    "/api/{owner}/tasks/{task}": {"GET", "HEAD", "PUT", "DELETE"},
    "/api/{owner}/tasks/{task}/complete": {"PATCH"},
}
ORDINARY = ["version", "v1x", "xv1", "v", "V1", "authx", "Auth", "v1.0", "v-1", "v%D9%A1", "docs"]
RESERVED = ["auth", "v3", "v10", "v0", "v007", "v" + "9" * 300, "%61uth", "%763"]


def send(client, method, path):
    body = {"title": "sent"} if method in {"POST", "PUT"} else None
    return client.request(method, path, json=body)


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize(("method", "path", "status"), ENDPOINTS)
def test_every_path_works_with_and_without_a_slash(
    client, owner, new_own_task, *, method, path, status, slash
):
    path = path.format(owner=owner, task=new_own_task()["id"]) + slash
    assert send(client, method, path).status_code == status


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("path", VERBS)
def test_a_wrong_verb_is_told_the_right_ones(client, owner, new_own_task, path, slash):
    filled = path.format(owner=owner, task=new_own_task()["id"]) + slash
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "BREW"} - VERBS[path]:
        response = client.request(method, filled)
        check_error(response, 405, "method_not_allowed")
        allowed = {verb.strip() for verb in response.headers["allow"].split(",")}
        assert allowed - {"OPTIONS"} == VERBS[path]


def test_head_answers_as_get(client, owner, new_own_task):
    path = f"/api/{owner}/tasks"
    new_own_task(), new_own_task()
    for each in (f"{path}?limit=1", f"{path}/{new_own_task()['id']}"):
        got, head = client.get(each), client.head(each)
        assert (head.status_code, head.content) == (200, b"")
        own = ("date", "x-request-id")
        assert {k: v for k, v in head.headers.items() if k not in own} == {
            k: v for k, v in got.headers.items() if k not in own
        }


@pytest.mark.parametrize(
    "name",
    [*("x" * 255, "ü" * 255, "\U0001f600" * 255), *("zoë", "a b", "50%", "a?b#c", "1", ".x", "~")],
)
def test_a_list_may_have_any_name(client, name):
    path = f"/api/{quote(name, safe='')}/tasks"
    response = client.post(path, json={"title": "x"})
    assert response.status_code == 201, response.text
    check_own_task(response.json(), name)
    assert response.json() in client.get(path).json()
    assert response.json() in client.get(path + "/").json()


@pytest.mark.parametrize("name", ["x" * 256, "%C3%BC" * 256, "%00", "a%00b", "alice%00"])
@pytest.mark.parametrize(("method", "path", "_"), ENDPOINTS)
def test_a_name_that_no_list_can_have_is_invalid(client, method, path, _, name):
    check_invalid(send(client, method, path.format(owner=name, task=1)), "path", "owner")


@pytest.mark.parametrize("name", ["%FF", "%ED%A0%80", "a%2Fb", "%2F", ""])
def test_what_is_no_name_at_all_is_refused(server, name):
    response = raw_request(server, request_bytes("GET", f"/api/{name}/tasks"))
    assert response.status_code in {404, 422}, response.text


def test_names_are_told_apart_to_the_letter(client, unique):
    name = unique()
    names = [f"a{name}", f"A{name}", f"a{name}%20", f"%20a{name}", f"a{name}%0A", f"a{name}."]
    # One letter, composed or not, is two names: they are opaque.
    names += [f"%C3%A9{name}", f"e%CC%81{name}"]
    made = [client.post(f"/api/{each}/tasks", json={"title": each}).json() for each in names]
    for each, task in zip(names, made, strict=True):
        assert client.get(f"/api/{each}/tasks").json() == [task]


@pytest.mark.parametrize("name", ORDINARY)
def test_a_name_that_is_almost_taken_is_free(client, name):
    response = client.post(f"/api/{name}/tasks", json={"title": "x"})
    assert response.status_code == 201, response.text
    assert "user_id" in response.json()


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("name", RESERVED)
@pytest.mark.parametrize(("method", "path", "_"), ENDPOINTS)
def test_a_reserved_name_is_not_found(client, method, path, _, name, slash):
    response = send(client, method, path.format(owner=name, task=1) + slash)
    check_error(response, 404, "not_found")


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("name", ["v1", "%761", "v%31"])
def test_the_board_always_wins(client, unique, name, slash):
    title = unique()
    task = client.post(f"/api/{name}/tasks{slash}", json={"title": title}).json()
    assert set(task) == TASK_FIELDS
    assert client.get(f"/api/{name}/tasks{slash}?title={title}").json() == [task]
    shown = client.get(f"/api/{name}/tasks/{task['id']}{slash}").json()
    assert shown == task | {"assigned_users": []}
    toggled = client.patch(f"/api/{name}/tasks/{task['id']}/complete{slash}")
    check_error(toggled, 404, "not_found")
    assert client.get(f"/api/v1/tasks?title={title}").json() == [task]
