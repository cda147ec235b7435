"""Two users and every route: nobody reads, changes, deletes or learns of another's task.

The routes are those of the running server's own description. One that this matrix does not know
how to call fails it, so that no route is ever added without being tried here.
"""

from typing import Any

import pytest

from tests.http.documented import operations
from tests.http.tokens import as_user
from tests.http.wire import MISSING, check_error

LIST, ONE = "/api/{owner}/tasks", "/api/{owner}/tasks/{task_id}"
BOARD, SHARED = "/api/v1/tasks", "/api/v1/tasks/{task_id}"
CHANGE = {"title": "stolen", "description": "stolen", "status": "completed"}

# What is sent to each route on a personal list.
PERSONAL = {
    ("GET", LIST): None,
    ("POST", LIST): CHANGE,
    ("GET", ONE): None,
    ("PUT", ONE): CHANGE,
    ("DELETE", ONE): None,
    ("PATCH", f"{ONE}/complete"): None,
}
# The same for each route of the board that can show or touch a task.
ON_BOARD = {
    ("GET", BOARD): None,
    ("POST", BOARD): CHANGE,
    ("GET", SHARED): None,
    ("PUT", SHARED): CHANGE,
    ("DELETE", SHARED): None,
    ("PATCH", f"{SHARED}/status"): None,
    ("GET", f"{SHARED}/users"): None,
    ("POST", f"{SHARED}/users/{{user_id}}"): None,
    ("DELETE", f"{SHARED}/users/{{user_id}}"): None,
    ("GET", "/api/v1/users/{user_id}"): None,
    ("GET", "/api/v1/users/{user_id}/tasks"): None,
    ("POST", "/api/v1/users/{user_id}/tasks/{task_id}"): None,
    ("DELETE", "/api/v1/users/{user_id}/tasks/{task_id}"): None,
}
# Where events of tasks are told.
EVENTS, STREAM = "/api/v2/events", "/api/v2/events/stream"
ANY = "/api/v2/tasks/{task_id}"
ACTIVITY = f"{ANY}/activity"
TELLING = {("GET", path) for path in (EVENTS, STREAM, ACTIVITY)}
TOLD = {  # deliveries have no event of a personal list
    ("GET", "/api/v2/webhooks/{webhook_id}/deliveries"),
    ("POST", "/api/v2/deliveries/{delivery_id}/redeliver"),
}
# Each on whichever list the caller may see.
ON_ANY = {("GET", ANY): None, ("PATCH", ANY): CHANGE, ("GET", ACTIVITY): None}
# No task passes through these.
WITHOUT_TASKS = {
    *(("GET", path) for path in ("/health/live", "/health/ready")),
    *(("GET", path) for path in ("", "/health", "/api/v1", "/api/v1/health", "/api/v1/users")),
    *(("POST", f"/api/v1{path}") for path in ("/users", "/auth/register", "/auth/login")),
    *(("POST", f"/api/v1/auth{path}") for path in ("/logout", "/change-password")),
    *((method, "/api/v1/auth/me") for method in ("GET", "DELETE")),
    *((method, "/api/v1/users/{user_id}") for method in ("PUT", "DELETE")),
    *((method, "/api/v2/webhooks") for method in ("GET", "POST")),
    *((method, "/api/v2/webhooks/{webhook_id}") for method in ("GET", "PATCH", "DELETE")),
    *(("POST", f"/api/v2/webhooks/{{webhook_id}}/{verb}") for verb in ("rotate", "test")),
}
OWN_ID = {key: body for key, body in PERSONAL.items() if "{task_id}" in key[1]}
SHARED_ID = {key: body for key, body in ON_BOARD.items() if "{task_id}" in key[1]}


def test_the_matrix_knows_every_route(secured):
    found = operations(secured.url)
    assert set(found) == (
        PERSONAL.keys() | ON_BOARD.keys() | ON_ANY.keys() | TELLING | TOLD | WITHOUT_TASKS
    )
    names = {
        (parameter["name"], parameter["schema"]["type"])
        for (_, path), operation in found.items()
        for parameter in operation.get("parameters", [])
        if path.startswith(LIST) and parameter["in"] == "path"
    }
    assert names == {("owner", "string"), ("task_id", "integer")}


class Victim:
    """A user with a list, who sees whether anything happened to it."""

    def __init__(self, caller, name):
        self.caller, self.name, self.headers = caller, name, as_user(name)
        self.secret = f"secret-of-{name}"
        for status in ("todo", "in_progress", "completed"):
            body = {"title": self.secret, "description": self.secret, "status": status}
            self.caller.post(f"/api/{name}/tasks", json=body, headers=self.headers)
        self.before = self.list()
        self.ids = [task["id"] for task in self.before.json()]
        assert len(self.ids) == 3

    def list(self):
        return self.caller.get(f"/api/{self.name}/tasks", headers=self.headers)

    def check_unharmed(self, *answers):
        after = self.list()
        assert (after.status_code, after.content) == (200, self.before.content)
        for answer in answers:
            assert self.secret not in answer.text
            assert self.secret not in str(answer.headers)


@pytest.fixture
def victim(caller, unique):
    return Victim(caller, f"victim_{unique()}")


@pytest.fixture
def robber(unique):
    return f"robber_{unique()}"


@pytest.mark.parametrize("role", ["viewer", "member", "admin"])
@pytest.mark.parametrize(("method", "path"), PERSONAL)
def test_anothers_path_is_forbidden(caller, victim, robber, *, method, path, role):
    body, headers = PERSONAL[method, path], as_user(robber, role)
    answers = []
    for task in (*victim.ids, MISSING):
        for slash in ("", "/"):
            at = path.format(owner=victim.name, task_id=task) + slash
            answers.append(caller.request(method, at, json=body, headers=headers))
            check_error(answers[-1], 403, "forbidden")
            assert "www-authenticate" not in answers[-1].headers
    # What is there and what is not look the same.
    assert len({answer.content for answer in answers}) == 1
    victim.check_unharmed(*answers)


@pytest.mark.parametrize(("method", "path"), PERSONAL)
def test_without_a_token_nothing_is_told(caller, victim, method, path):
    at = path.format(owner=victim.name, task_id=victim.ids[0])
    answer = caller.request(method, at, json=PERSONAL[method, path])
    check_error(answer, 401, "unauthenticated")
    victim.check_unharmed(answer)


@pytest.mark.parametrize(("method", "path"), OWN_ID)
def test_anothers_task_is_not_on_ones_own_list(caller, victim, robber, method, path):
    answers = []
    for task in (*victim.ids, MISSING):
        at = path.format(owner=robber, task_id=task)
        headers = as_user(robber, "admin")
        answers.append(caller.request(method, at, json=OWN_ID[method, path], headers=headers))
        check_error(answers[-1], 404, "task_not_found", "Task not found")
    assert len({answer.content for answer in answers}) == 1
    victim.check_unharmed(*answers)


def test_ones_own_list_holds_ones_own_tasks_alone(caller, victim, robber):
    headers, path = as_user(robber, "admin"), LIST.format(owner=robber)
    given = CHANGE | {"id": victim.ids[0], "user_id": victim.name, "owner": victim.name}
    made = caller.post(path, json=given, headers=headers)
    assert (made.status_code, made.json()["user_id"]) == (201, robber)
    assert made.json()["id"] not in victim.ids
    lists = [
        caller.get(f"{path}?{query}", headers=headers)
        for query in ("", "status=all", "sort=title", "limit=1000", f"user_id={victim.name}")
    ]
    assert [answer.json() for answer in lists] == [[made.json()]] * len(lists)
    victim.check_unharmed(made, *lists)


@pytest.mark.parametrize(("method", "path"), ON_BOARD)
def test_the_board_knows_nothing_of_personal_tasks(caller, victim, unique, method, path):
    name, headers = unique(), as_user(victim.name, "admin")
    account = {"username": name, "email": f"{name}@example.com"}
    user = caller.post("/api/v1/users", json=account, headers=headers).json()["id"]
    query = "?status=canceled" if method == "PATCH" else "?limit=1000"
    told = []
    for task in (*victim.ids, MISSING):
        at = path.format(user_id=user, task_id=task)
        body = ON_BOARD[method, path]
        told.append(caller.request(method, at + query, json=body, headers=headers))
        if (method, path) in SHARED_ID:
            check_error(told[-1], 400, "task_not_found")
        else:
            assert told[-1].is_success
    if (method, path) in SHARED_ID:
        ids = (*victim.ids, MISSING)
        texts = {answer.text.replace(str(i), "") for answer, i in zip(told, ids, strict=True)}
        assert len(texts) == 1
    victim.check_unharmed(*told)


@pytest.mark.parametrize("twist", ["{}%20", "%20{}", "{}%00", "{}%0A", "{}.", "./{}", "x/../{}"])
def test_a_path_that_almost_names_the_victim_leads_nowhere(caller, victim, robber, twist):
    for headers in (as_user(robber), as_user(twist.format(victim.name).replace("%20", " "))):
        for case in (victim.name, victim.name.upper()):
            answer = caller.get(f"/api/{twist.format(case)}/tasks", headers=headers)
            assert answer.status_code in {200, 403, 404, 422}
            victim.check_unharmed(answer)


def test_the_owner_is_compared_to_the_letter(caller, victim):
    for subject in (victim.name.upper(), f"{victim.name} ", f" {victim.name}", victim.name[:-1]):
        answer = caller.get(f"/api/{victim.name}/tasks", headers=as_user(subject))
        check_error(answer, 403, "forbidden")
    escaped = "".join(f"%{byte:02x}" for byte in victim.name.encode())
    mine = caller.get(f"/api/{escaped}/tasks", headers=victim.headers)
    assert mine.content == victim.before.content


@pytest.mark.parametrize("role", ["member", "admin"])
@pytest.mark.parametrize(("method", "path"), ON_ANY)
def test_anothers_task_is_on_no_list_that_one_sees(caller, victim, robber, *, method, path, role):
    answers = []
    for task in (*victim.ids, MISSING):
        at = path.format(task_id=task)
        headers = as_user(robber, role)
        answers.append(caller.request(method, at, json=ON_ANY[method, path], headers=headers))
        check_error(answers[-1], 404, "task_not_found", f"Task {task} not found")
    victim.check_unharmed(*answers)


@pytest.mark.parametrize("role", ["viewer", "member", "admin"])
def test_what_happens_on_anothers_list_is_told_to_nobody_else(caller, victim, robber, role):
    headers = as_user(robber, role)
    board = caller.post(BOARD, json=CHANGE, headers=as_user(robber, "member"))
    position = board.headers["fring-position"]
    told = [
        caller.get(f"{EVENTS}?limit=1000&until={position}{query}", headers=headers)
        for query in (
            "",
            "&list=board",
            "&list=personal",
            f"&task={victim.ids[0]}",
            "&types=task.*",
        )
    ]
    told += [caller.get(f"{EVENTS}?limit=1000", headers=as_user(victim.name.upper(), role))]
    with caller.stream("GET", STREAM, headers=headers) as stream:
        for line in stream.iter_lines():
            assert victim.secret not in line
            if f'"task_id":{board.json()["id"]},' in line:
                break
    gone = []
    for task in (*victim.ids, MISSING):
        gone.append(caller.get(ACTIVITY.format(task_id=task), headers=headers))
        check_error(gone[-1], 404, "task_not_found", f"Task {task} not found")
    assert all(answer.status_code == 200 for answer in told)
    assert told[0].json()["items"] == told[1].json()["items"] != []
    assert told[2].json()["items"] == told[3].json()["items"] == []
    victim.check_unharmed(*told, *gone)


def test_what_happens_on_ones_own_list_is_told(caller, victim):
    told: list[Any] = []
    asked: dict[str, Any] = {"limit": 1000, "list": "personal"}
    while True:
        page = caller.get(EVENTS, params=asked, headers=victim.headers).json()
        told += page["items"]
        asked["after"] = page["next"]
        if not page["more"]:
            break
    assert [event["task_id"] for event in told] == sorted(victim.ids)
    assert {event["list"] for event in told} == {"personal"}
    assert {event["actor"] for event in told} == {victim.name}
    for task in victim.ids:
        activity = caller.get(ACTIVITY.format(task_id=task), headers=victim.headers).json()
        assert [event["after"]["title"] for event in activity["items"]] == [victim.secret]
