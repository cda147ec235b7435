"""One task over `/api/v2`: shown with who has it, and changed by a merge patch."""

import pytest

from tests.http.tokens import as_user
from tests.http.wire import MISSING, TIMESTAMP, check_problem

MERGE_PATCH = "application/merge-patch+json"
FUTURE = "2030-06-01T07:00:00Z"


def at(task):
    return f"/api/v2/tasks/{task['id']}"


def versions(client, task):
    events = client.get(f"{at(task)}/activity").json()["items"]
    return [event["version"] for event in events]


def test_a_task_is_shown_with_who_has_it(client, new_task, new_user, assign):
    task = new_task(title="Order seeds", description="Beans")
    users = [new_user(), new_user()]
    for user in reversed(users):
        assign(user, task)
    answer = client.get(at(task))
    assert answer.status_code == 200
    body = answer.json()
    assert TIMESTAMP.fullmatch(body["created_at"])
    assert body == {
        "id": task["id"],
        "list": "board",
        "title": "Order seeds",
        "description": "Beans",
        "status": "todo",
        "due_date": None,
        "remind_at": None,
        "assignees": [user["id"] for user in users],
        "created_at": task["created_at"],
        "updated_at": task["updated_at"],
        "version": 3,
    }
    assert answer.headers["etag"] == '"3"'
    same = client.get(at(task), headers={"If-None-Match": '"3"'})
    assert (same.status_code, same.content) == (304, b"")


@pytest.mark.parametrize("media_type", [MERGE_PATCH, "application/json"])
def test_a_patch_changes_what_it_names(client, new_task, new_user, assign, media_type):
    task, user = new_task(description="text"), new_user()
    assign(user, task)
    headers = {"Content-Type": media_type}
    patch = '{"title": "other", "description": null, "due_date": "2030-06-02", "remind_at": "%s"}'
    answer = client.patch(at(task), content=patch % "2030-06-01T09:00:00+02:00", headers=headers)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    changed = {"title", "description", "due_date", "remind_at"}
    assert [body[name] for name in ("title", "description", "due_date", "remind_at")] == [
        *("other", None, "2030-06-02", FUTURE)
    ]
    assert (body["status"], body["assignees"], body["version"]) == ("todo", [user["id"]], 3)
    assert body["updated_at"] > task["updated_at"]
    assert answer.headers["etag"] == '"3"'
    assert client.get(at(task)).json() == body
    [event, *_] = client.get(f"{at(task)}/activity").json()["items"]
    assert set(event["changed"]) == changed
    assert answer.headers["fring-position"]
    cleared = client.patch(at(task), json={"due_date": None, "remind_at": None})
    assert cleared.json() == body | {
        "due_date": None,
        "remind_at": None,
        "version": 4,
        "updated_at": cleared.json()["updated_at"],
    }


@pytest.mark.parametrize(
    "patch", [{}, {"title": "task"}, {"status": "todo", "remind_at": FUTURE}, {"due_date": None}]
)
def test_what_leaves_a_task_as_it_is_stores_nothing(client, new_task, patch):
    task = new_task(title="task")
    client.patch(at(task), json={"remind_at": FUTURE})
    before = client.get(at(task))
    answer = client.patch(at(task), json=patch)
    assert (answer.status_code, answer.json()) == (200, before.json())
    assert answer.headers["etag"] == before.headers["etag"] == '"2"'
    assert "fring-position" not in answer.headers
    assert versions(client, task) == [2, 1]


def test_a_patch_is_for_the_version_that_it_names(client, new_task):
    task = new_task()
    stale = client.patch(at(task), json={"title": "no"}, headers={"If-Match": '"2"'})
    check_problem(stale, 412, "precondition_failed")
    assert stale.headers["etag"] == '"1"'
    same = client.patch(at(task), json={}, headers={"If-Match": '"2"'})
    check_problem(same, 412, "precondition_failed")
    right = client.patch(at(task), json={"title": "yes"}, headers={"If-Match": '"1", "7"'})
    assert (right.status_code, right.json()["version"]) == (200, 2)


def test_a_patch_with_a_key_is_done_once(client, new_task, unique):
    task, headers = new_task(), {"Idempotency-Key": unique()}
    first, again = (
        client.patch(at(task), json={"status": "in_progress"}, headers=headers) for _ in range(2)
    )
    assert first.content == again.content
    assert again.headers["idempotent-replayed"] == "true"
    assert versions(client, task) == [2, 1]


@pytest.mark.parametrize(
    ("patch", "pointer", "kind"),
    [
        ({"title": None}, "/title", "type_error"),
        ({"status": None}, "/status", "type_error"),
        ({"title": ""}, "/title", "value_error"),
        ({"title": "x" * 201}, "/title", "value_error"),
        ({"status": "done"}, "/status", "value_error"),
        ({"due_date": "2030-02-30"}, "/due_date", "value_error"),
        ({"due_date": "2030-06-01T00:00:00Z"}, "/due_date", "value_error"),
        ({"remind_at": "2030-06-01"}, "/remind_at", "value_error"),
        ({"remind_at": "2030-06-01T07:00:00"}, "/remind_at", "value_error"),
        ({"remind_at": "9999-12-31T23:59:59Z"}, "/remind_at", "value_error"),
        ({"remind_at": "0001-01-01T00:00:00+14:00"}, "/remind_at", "value_error"),
        ({"remind_at": 7}, "/remind_at", "type_error"),
    ],
)
def test_what_cannot_be_is_refused(client, new_task, patch, pointer, kind):
    task = new_task()
    body = check_problem(client.patch(at(task), json=patch), 422, "validation")
    assert [(wrong["pointer"], wrong["code"]) for wrong in body["errors"]] == [(pointer, kind)]
    assert versions(client, task) == [1]


def test_what_is_not_known_is_named_with_what_was_meant(client, new_task):
    task = new_task()
    patch = {"titel": "other", "assignees": [1], "a/b~c": 1}
    body = check_problem(client.patch(at(task), json=patch), 422, "unknown_field")
    pointers = [wrong["pointer"] for wrong in body["errors"]]
    assert pointers == ["/titel", "/assignees", "/a~1b~0c"]
    assert "did you mean 'title'?" in body["errors"][0]["detail"]
    assert versions(client, task) == [1]


def test_a_body_of_another_type_is_not_read(client, new_task):
    for kind in ("application/json-patch+json", "text/plain"):
        answer = client.patch(at(new_task()), content=b"{}", headers={"Content-Type": kind})
        check_problem(answer, 415, "unsupported_media_type")
    merged = client.put(
        f"/api/v1/tasks/{new_task()['id']}", content=b"{}", headers={"Content-Type": MERGE_PATCH}
    )
    assert merged.status_code == 415, "it is none of those that merge"


def test_what_is_not_there_is_404(client):
    check_problem(client.get(at({"id": MISSING})), 404, "task_not_found")
    check_problem(client.patch(at({"id": MISSING}), json={}), 404, "task_not_found")


@pytest.mark.parametrize("role", ["viewer", "member", "admin"])
def test_who_may_change_what(caller, unique, role):
    name = unique()
    headers = as_user(name, role)
    own = caller.post(f"/api/{name}/tasks", json={"title": "own"}, headers=headers).json()
    shown = caller.get(at(own), headers=headers).json()
    assert (shown["list"], shown["assignees"]) == ("personal", [])
    changed = caller.patch(at(own), json={"title": "changed"}, headers=headers)
    assert (changed.status_code, changed.json()["title"]) == (200, "changed")
    shared = caller.post("/api/v1/tasks", json={"title": "t"}, headers=as_user("ann", "admin"))
    answer = caller.patch(at(shared.json()), json={"title": "changed"}, headers=headers)
    if role == "viewer":
        check_problem(answer, 403, "forbidden", "A viewer may not write tasks")
        assert caller.get(at(shared.json()), headers=headers).json()["title"] == "t"
    else:
        assert (answer.status_code, answer.json()["title"]) == (200, "changed")


def test_a_reminder_comes_and_is_told(client, new_task):
    task = new_task()
    before = client.get("/api/v2/events", params={"after": "now"}).json()["next"]
    client.patch(at(task), json={"remind_at": "2020-01-01T00:00:00Z"})
    asked = {"after": before, "task": task["id"], "types": "task.reminded", "wait": 20}
    page = client.get("/api/v2/events", params=asked).json()
    [event] = page["items"]
    assert (event["late"], event["actor"], event["version"]) == (True, None, 3)
    assert event["before"] == event["after"] == {"remind_at": "2020-01-01T00:00:00Z"}
    assert client.get(at(task)).json()["remind_at"] == "2020-01-01T00:00:00Z"
