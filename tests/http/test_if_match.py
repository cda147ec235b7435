"""Changes that are meant for one version: the others are refused, and nothing is lost."""

from typing import Any

import httpx
import pytest
from litestar import Litestar

from fring_adapters.clock import utc_now
from fring_adapters.memory import MemoryStore
from fring_core import Fring
from fring_http.api.app import create_app
from fring_http.api.personal import personal_router
from fring_http.api.v1 import v1_router
from tests.http.wire import at_once as send_at_once
from tests.http.wire import check_error
from tests.serving import in_thread, serving

USERS, TASKS = "/api/v1/users", "/api/v1/tasks"
CROWD = 100
# Of a row at version 1. "2" may come, but only the versions in strong tags that are Fring's count.
STALE = (
    *('"2"', '"3"', '"99"', '"0"', '"-1"', '"01"', '"1-x"', '"1.0"', '"x"', '""', '"\xe9"'),
    *('W/"1"', '"2", "3"', 'W/"1", "2"'),
    *(f'"{number}"' for number in (2**63 - 1, 2**63, 2**64 + 1, "9" * 4000)),
)
PRESENT = (
    *('"{}"', '"{}-0123456789abcdef"', '"7", "{}"', 'W/"7" ,, "8", "{}" ,', ',"x","{}"', "*"),
    ", ".join(f'"{number}"' for number in range(1, 40)),
)
MALFORMED = (
    *("", "1", "'1'", '"1', '1"', '"1" "2"', '"1 "', "*, *", '*, "1"', '"1", x', 'w/"1"', ","),
    *("W/1", "true", '"1",' * 500 + "x"),
)


@pytest.fixture(params=["user", "task", "own"])
def row(request, new_user, new_task, new_own_task, owner):
    """Return the path of a row of each kind, at its first version."""
    match request.param:
        case "user":
            return f"{USERS}/{new_user()['id']}"
        case "task":
            return f"{TASKS}/{new_task()['id']}"
    return f"/api/{owner}/tasks/{new_own_task()['id']}"


def changes_of(path):
    """Return the requests that change a row."""
    title = {"username": "x" + path.rpartition("/")[2]} if "users" in path else {"title": "new"}
    changes = [("PUT", path, title), ("DELETE", path, None)]
    if path.startswith(TASKS):
        changes.append(("PATCH", f"{path}/status?status=completed", None))
    elif not path.startswith(USERS):
        changes += [("PATCH", f"{path}/complete", body) for body in (None, {"completed": True})]
    return changes


def check_stale(answer, version):
    check_error(answer, 412, "precondition_failed")
    assert answer.headers["ETag"] == f'"{version}"'


def send(client, change, **headers):
    method, path, body = change
    names = {name.replace("_", "-"): value.encode("latin-1") for name, value in headers.items()}
    return client.request(method, path, json=body, headers=names)


def test_a_change_of_another_version_is_refused(client, row):
    before = client.get(row)
    for header in STALE:
        for change in changes_of(row):
            check_stale(send(client, change, If_Match=header), 1)
    after = client.get(row)
    assert (after.text, after.headers["ETag"]) == (before.text, before.headers["ETag"])


def test_a_change_of_this_version_is_made(client, row):
    version = 1
    deletion, *changes = sorted(changes_of(row), key=lambda change: change[0] != "DELETE")
    for header in PRESENT:
        for method, path, body in changes:
            new = {
                name: f"{text}{version}" for name, text in (body or {}).items() if text is not True
            }
            change = (method, path, new or body)
            answer = send(client, change, If_Match=header.format(version))
            version += 1
            assert (answer.status_code, answer.headers["ETag"]) == (200, f'"{version}"')
    answer = send(client, deletion, If_Match=f'"{version}"')
    assert (answer.status_code, answer.content) == (204, b"")
    assert client.get(row).status_code in (400, 404)


def test_what_is_no_list_of_tags_is_said_to_be_none(client, row):
    before = client.get(row).text
    for header in MALFORMED:
        for change in changes_of(row):
            answer = send(client, change, If_Match=header)
            assert answer.status_code == 422, header
            [fault] = answer.json()["detail"]
            assert (fault["loc"], fault["type"]) == (["header", "If-Match"], "value_error")
    assert client.get(row).text == before


def test_lists_on_several_lines(client, row):
    change = changes_of(row)[0]
    lines = [("If-Match", '"7"'), ("If-Match", '"1"')]
    assert client.request(change[0], row, json=change[2], headers=lines).status_code == 200
    answer = client.request(change[0], row, json=change[2], headers=lines)
    check_stale(answer, 2)


def test_the_tag_of_a_get_does(client, row):
    tag = client.get(row).headers["ETag"]
    change = changes_of(row)[0]
    again = send(client, change, If_Match=tag)
    assert again.status_code == 200
    check_stale(send(client, change, If_Match=tag), 2)
    assert send(client, ("DELETE", row, None), If_Match=again.headers["ETag"]).status_code == 204


@pytest.mark.parametrize("header", ["*", '"1"', 'W/"1"'])
def test_who_is_not_there_is_not_found(client, row, header):
    gone = [client.delete(row), client.delete(row)][1]
    for change in changes_of(row):
        answer = send(client, change, If_Match=header)
        assert (answer.status_code, answer.json()) == (gone.status_code, gone.json())
        assert "ETag" not in answer.headers


def test_input_comes_first_and_what_else_is_refused_last(client, new_user, new_own_task, owner):
    taken, user = new_user()["username"], new_user()
    path = f"{USERS}/{user['id']}"
    stale = {"If-Match": '"7"'}
    assert client.put(path, json={"username": 7}, headers=stale).status_code == 422
    check_stale(client.put(path, json={"username": taken}, headers=stale), 1)
    right = {"If-Match": '"1"'}
    check_error(client.put(path, json={"username": taken}, headers=right), 400, "username_taken")
    own = f"/api/{owner}/tasks/{new_own_task()['id']}"
    assert client.put(own, json={"title": ""}, headers=stale).status_code == 422


def test_what_changes_nothing_must_be_meant_for_this_version_too(client, new_user):
    path = f"{USERS}/{new_user()['id']}"
    check_stale(client.put(path, json={}, headers={"If-Match": '"2"'}), 1)
    assert client.put(path, json={}, headers={"If-Match": '"1"'}).headers["ETag"] == '"1"'


def test_of_many_who_saw_one_version_one_wins(client, row, at_once):
    change = changes_of(row)[0]
    tag = client.get(row).headers["ETag"]
    field = next(iter(change[2]))
    answers = at_once(
        [("PUT", row, {field: f"{change[2][field]}.{n}"}) for n in range(CROWD)],
        headers={"If-Match": tag},
    )
    [won] = [answer for answer in answers if answer.status_code == 200]
    assert won.headers["ETag"] == '"2"'
    for answer in answers:
        if answer is not won:
            check_stale(answer, 2)
    assert client.get(row).json()[field] == won.json()[field]


def test_of_many_who_delete_or_change_one_wins(client, row, at_once):
    change = changes_of(row)[0]
    requests = [("DELETE", row) if n % 2 else ("PUT", row, change[2]) for n in range(CROWD)]
    answers = at_once(requests, headers={"If-Match": '"1"'})
    [won] = [answer for answer in answers if answer.is_success]
    for answer in answers:
        if answer is won:
            continue
        if won.status_code == 200:
            check_stale(answer, 2)
        else:  # some saw that it was gone, and nobody that it had changed
            assert answer.status_code in (400, 404), answer.text


def test_workers_share_the_versions(new_database, tmp_path):
    """In several processes nobody can wait in turn: the database alone decides."""
    with (
        serving(tmp_path, DATABASE_URL=new_database(), WORKERS="2") as server,
        httpx.Client(base_url=server.url, verify=False) as client,
    ):
        path = f"{TASKS}/{client.post(TASKS, json={'title': 'one'}).json()['id']}"
        for version in range(1, 4):
            requests = [("PUT", path, {"title": f"{version}.{n}"}) for n in range(CROWD)]
            answers = send_at_once(server.url, requests, headers={"If-Match": f'"{version}"'})
            assert sorted(each.status_code for each in answers) == [200, *[412] * (CROWD - 1)]
            assert {each.headers["ETag"] for each in answers} == {f'"{version + 1}"'}
        assert client.get(path).headers["ETag"].startswith('"4-')


@pytest.fixture(params=["app", "router"])
def strict(request):
    """Yield a client of an application that wants to know what each change is meant for."""
    fring = Fring(MemoryStore(), clock=utc_now)
    app: Any
    if request.param == "app":
        app = create_app(fring, require_if_match=True)
    else:
        routers = [make(fring, require_if_match=True) for make in (v1_router, personal_router)]
        app = Litestar(routers, logging_config=None, openapi_config=None)
    with in_thread(app) as url, httpx.Client(base_url=url, verify=False) as client:
        client.post(USERS, json={"username": "ann", "email": "ann@example.com"})
        client.post(TASKS, json={"title": "one"})
        client.post("/api/ann/tasks", json={"title": "two"})
        yield client


@pytest.mark.parametrize("path", [f"{USERS}/1", f"{TASKS}/1", "/api/ann/tasks/2"])
def test_where_it_is_required(strict, path):
    before = strict.get(path)
    for change in changes_of(path):
        check_error(send(strict, change), 428, "precondition_required")
        check_stale(send(strict, change, If_Match='"2"'), 1)
    after = strict.get(path)
    assert (after.text, after.headers["ETag"]) == (before.text, before.headers["ETag"])
    change, deletion, *_ = changes_of(path)
    assert send(strict, change, If_Match='"1"').status_code == 200
    assert send(strict, deletion, If_Match="*").status_code == 204
    check_error(send(strict, deletion), 428, "precondition_required")


def test_what_changes_no_single_row_needs_none(strict):
    pair = f"{USERS}/1/tasks/1"
    assert strict.post(pair).status_code == 201
    assert strict.delete(pair).status_code == 204
    assert strict.post(f"{TASKS}/1/users/1").status_code == 201
    assert strict.delete(f"{TASKS}/1/users/1").status_code == 204
    assert strict.post(TASKS, json={"title": "another"}).status_code == 201


def test_it_is_not_required_by_default(client, row):
    for change in changes_of(row)[:1]:
        assert send(client, change).status_code == 200


def test_a_setting_requires_it(tmp_path):
    with (
        serving(tmp_path, DATABASE_URL="memory://", FRING_REQUIRE_IF_MATCH="true") as server,
        httpx.Client(base_url=server.url, verify=False) as client,
    ):
        assert client.post(TASKS, json={"title": "one"}).status_code == 201
        check_error(client.put(f"{TASKS}/1", json={}), 428, "precondition_required")
        operation = client.get("/openapi.json").json()["paths"][f"{TASKS}/{{task_id}}"]["put"]
        assert "428" in operation["responses"]
        required = {each["name"]: each["required"] for each in operation["parameters"]}
        assert required["If-Match"] is True
