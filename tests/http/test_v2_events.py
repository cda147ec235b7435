"""The feed over HTTP, page by page: what is there, in which order, for whom, and what is refused."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.http.wire import MISSING, TIMESTAMP, check_problem

EVENTS = "/api/v2/events"


@pytest.fixture
def told(client):
    """Return a function that returns what the feed has behind a cursor, up to a position."""

    def told(after, position=None, **query):
        until = {"until": position} if position else {}
        answer = client.get(EVENTS, params={"after": after, **until, **query})
        assert answer.status_code == 200, answer.text
        return answer.json()

    return told


@pytest.fixture
def now(client):
    """Return the cursor behind all that there is."""
    return client.get(EVENTS, params={"after": "now"}).json()["next"]


def post(client, **fields):
    return client.post("/api/v1/tasks", json={"title": "task"} | fields)


def test_a_write_is_told_once_with_all_that_changed(client, now, told):
    made = post(client)
    task = made.json()["id"]
    path = f"/api/v1/tasks/{task}"
    headers = {"X-Request-ID": "the-request"}
    done = client.patch(f"{path}/status", params={"status": "completed"}, headers=headers)
    page = told(now, done.headers["fring-position"])
    assert [event["type"] for event in page["items"]] == ["task.created", "task.updated"]
    created, updated = page["items"]
    assert TIMESTAMP.fullmatch(created.pop("at"))
    assert TIMESTAMP.fullmatch(updated.pop("at"))
    assert updated == {
        "cursor": page["next"],
        "type": "task.updated",
        "actor": None,
        "request_id": "the-request",
        "task_id": task,
        "list": "board",
        "version": 2,
        "changed": ["status"],
        "before": {"status": "todo"},
        "after": {"status": "completed"},
    }
    assert created["before"] == {}
    assert created["after"] == {
        "title": "task",
        "description": None,
        "status": "todo",
        "created_at": made.json()["created_at"],
        "due_date": None,
        "remind_at": None,
        "assignees": [],
    }
    assert page["more"] is False


def test_a_user_is_told_of_without_a_list(new_user, client, now, told):
    user = new_user()
    gone = client.delete(f"/api/v1/users/{user['id']}")
    page = told(now, gone.headers["fring-position"])
    assert [event["type"] for event in page["items"]] == ["user.created", "user.deleted"]
    for event in page["items"]:
        assert event["user_id"] == user["id"]
        assert not {"task_id", "list"} & event.keys()
    assert page["items"][1]["before"]["username"] == user["username"]


def test_pages_go_from_cursor_to_cursor(client, now, told):
    made = [post(client) for _ in range(5)]
    whole = told(now, made[-1].headers["fring-position"])["items"]
    assert [event["task_id"] for event in whole] == [each.json()["id"] for each in made]
    found: list[Any] = []
    cursor = now
    while True:
        page = told(cursor, limit=2)
        found, cursor = found + page["items"], page["next"]
        assert page["more"] is (len(found) < len(whole))
        if not page["more"]:
            break
    assert found == whole
    assert told(cursor) == {"items": [], "next": cursor, "more": False}
    for place, event in enumerate(whole, 1):
        assert told(event["cursor"])["items"] == whole[place:]
        assert told(made[place - 1].headers["fring-position"])["items"] == whole[place:]


def test_what_is_not_wanted_is_passed_over(client, new_user, now, told):
    user, task = new_user(), post(client).json()["id"]
    others = [post(client) for _ in range(3)]
    path = f"/api/v1/tasks/{task}/users/{user['id']}"
    client.post(path)
    last = client.delete(path).headers["fring-position"]
    everything = told(now, last)["items"]
    assert len(everything) == 7

    def types(**query):
        page = told(now, **query)
        assert page["next"] == everything[-1]["cursor"]
        return [event["type"] for event in page["items"]]

    of_task = ["task.created", "task.assigned", "task.unassigned"]
    assert types(task=task) == of_task
    assert types(types="user.*") == ["user.created"]
    assert types(types="user.created,task.unassigned") == ["user.created", "task.unassigned"]
    assert types(types="task.*", task=task) == of_task
    assert types(list="board") == [event["type"] for event in everything]
    assert types(task=others[0].json()["id"], types="task.updated") == []
    # A page that is full ends where its last event stands.
    page = told(now, types="task.created", limit=2)
    assert [event["task_id"] for event in page["items"]] == [task, others[0].json()["id"]]
    assert (page["next"], page["more"]) == (page["items"][-1]["cursor"], True)


def test_of_a_parameter_that_is_repeated_the_last_counts(client):
    answer = client.get(f"{EVENTS}?limit=x&limit=1")
    assert answer.status_code == 200
    assert len(answer.json()["items"]) <= 1


@pytest.mark.parametrize(
    ("query", "parameter", "kind"),
    [
        ("limit=0", "limit", "value_error"),
        ("limit=1001", "limit", "value_error"),
        ("limit=x", "limit", "type_error"),
        ("wait=31", "wait", "value_error"),
        ("wait=-1", "wait", "value_error"),
        ("list=mine", "list", "value_error"),
        ("task=x", "task", "type_error"),
        ("types=task.creatd", "types", "value_error"),
        ("types=task", "types", "value_error"),
        ("types=", "types", "value_error"),
        ("types=user.created,", "types", "value_error"),
        ("task=0", "task", "value_error"),
        (f"task={2**63}", "task", "value_error"),
        ("after=%FF", "query", "value_error"),
        ("after=%00", "after", "value_error"),
        ("until=%00", "cursor", "value_error"),
    ],
)
def test_what_cannot_be_asked_is_refused(client, query, parameter, kind):
    body = check_problem(client.get(f"{EVENTS}?{query}"), 422, "validation")
    [wrong] = body["errors"]
    assert (wrong["parameter"], wrong["code"]) == (parameter, kind)
    assert wrong["detail"] in body["detail"]


def test_what_is_not_known_is_named_with_what_was_meant(client):
    body = check_problem(client.get(f"{EVENTS}?afer=1&x=1"), 422, "unknown_parameter")
    assert [wrong["parameter"] for wrong in body["errors"]] == ["afer", "x"]
    assert {wrong["code"] for wrong in body["errors"]} == {"unknown_parameter"}
    assert "did you mean 'after'?" in body["errors"][0]["detail"]
    mixed = check_problem(client.get(f"{EVENTS}?types=x"), 422, "validation")
    assert "task.created" in mixed["detail"]


@pytest.mark.parametrize("cursor", ["x", "-1", "1" * 30, "%F0%9F%98%80", "99999999999999999"])
@pytest.mark.parametrize("name", ["after", "until"])
def test_what_is_no_cursor_is_400(client, name, cursor):
    check_problem(client.get(f"{EVENTS}?{name}={cursor}"), 400, "invalid_cursor")


@pytest.mark.parametrize("path", [EVENTS, f"{EVENTS}/stream"])
def test_a_cursor_of_another_epoch_is_410_with_where_to_start_over(client, path):
    answer = client.get(f"{path}?after=00000000-1")
    check_problem(answer, 410, "cursor_expired")
    link, _, relation = answer.headers["link"].partition("; ")
    assert relation == 'rel="first"'
    there = answer.url.join(link.strip("<>"))
    assert there.path == path
    assert not there.query


def test_without_identity_there_is_no_list_of_ones_own(client):
    answer = client.get(f"{EVENTS}?list=personal")
    check_problem(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_who_waits_is_answered_when_something_comes(client, server, now):
    with ThreadPoolExecutor(1) as pool:
        began = time.monotonic()
        waiting = pool.submit(client.get, EVENTS, params={"after": now, "wait": 20})
        time.sleep(0.3)
        assert not waiting.done()
        made = post(client)
        page = waiting.result().json()
    assert time.monotonic() - began < 10
    assert [event["task_id"] for event in page["items"]] == [made.json()["id"]]


def test_who_waits_is_not_woken_by_what_is_not_wanted(client, now):
    with ThreadPoolExecutor(1) as pool:
        asked = {"after": now, "wait": 20, "types": "task.updated"}
        waiting = pool.submit(client.get, EVENTS, params=asked)
        made = post(client).json()
        time.sleep(0.5)
        assert not waiting.done()
        client.put(f"/api/v1/tasks/{made['id']}", json={"title": "other"})
        [event] = waiting.result().json()["items"]
    assert (event["task_id"], event["changed"]) == (made["id"], ["title"])


def test_nobody_waits_longer_than_asked(client, now):
    began = time.monotonic()
    page = client.get(EVENTS, params={"after": now, "wait": 1}).json()
    assert 1 <= time.monotonic() - began < 10
    assert page == {"items": [], "next": page["next"], "more": False}
    made = post(client)
    later = client.get(EVENTS, params={"after": page["next"], "wait": 5}).json()
    assert [event["task_id"] for event in later["items"]] == [made.json()["id"]]


def test_activity_is_what_happened_to_a_task_the_newest_first(client, told, now):
    task = post(client).json()["id"]
    path = f"/api/v1/tasks/{task}"
    for number in range(4):
        client.put(path, json={"title": f"title {number}"})
    last = client.delete(path)
    told(now, last.headers["fring-position"])
    activity = f"/api/v2/tasks/{task}/activity"
    whole = client.get(activity).json()
    assert [event["version"] for event in whole["items"]] == [6, 5, 4, 3, 2, 1]
    assert whole["next"] is None
    first = client.get(activity, params={"limit": 4}).json()
    rest = client.get(activity, params={"limit": 4, "after": first["next"]}).json()
    assert first["items"] + rest["items"] == whole["items"]
    assert rest["next"] is None
    # An event's cursor is one of the feed too.
    oldest = whole["items"][-1]["cursor"]
    assert [event["version"] for event in told(oldest, task=task)["items"]] == [2, 3, 4, 5, 6]
    elsewhere = post(client).json()["id"]
    path = f"/api/v2/tasks/{elsewhere}/activity"
    check_problem(client.get(path, params={"after": oldest}), 400, "invalid_cursor")


def test_a_task_that_nobody_told_of_has_no_activity_and_one_that_never_was_is_404(client):
    missing = "/api/v2/tasks/{}/activity"
    for number in (0, -1, MISSING, 2**63, "9" * 5000):
        answer = client.get(missing.format(number))
        check_problem(answer, 404, "task_not_found")
    wrong = check_problem(client.get(missing.format("1.0")), 422, "validation")
    assert wrong["errors"] == [
        {"code": "type_error", "detail": "must be an integer", "parameter": "task_id"}
    ]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["", "/stream"])
def test_the_feed_is_only_read(client, method, path):
    answer = client.request(method, EVENTS + path)
    check_problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


def test_a_problem_has_a_page(client):
    code = check_problem(client.get("/api/v2/nothing"), 404, "not_found")["type"]
    page = client.get(code)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "There is nothing at this address." in page.text
    assert "{" not in page.text.replace("{owner}", "")
    assert client.get("/problems/none_such").status_code == 404
