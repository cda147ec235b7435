"""Races: whoever comes at the same time, one wins and the others are told so."""

import pytest
from httpx import Response

from tests.http.wire import check_error

USERS, TASKS = "/api/v1/users", "/api/v1/tasks"
CROWD = 32


def check_one_winner(
    responses: list[Response], status: int, code: str, detail: str | None
) -> Response:
    """Assert that one request succeeded with this status and all others got this error."""
    winners = [response for response in responses if response.is_success]
    assert [response.status_code for response in winners] == [status]
    for response in responses:
        if response not in winners:
            check_error(response, 400, code, detail)
    return winners[0]


def test_one_user_gets_a_username(at_once, client, unique):
    name = unique()
    winner = check_one_winner(
        at_once(
            ("POST", USERS, {"username": name, "email": f"{unique()}@example.com"})
            for _ in range(CROWD)
        ),
        *(201, "username_taken", "Already existing username"),
    )
    assert client.get(USERS, params={"username": name}).json() == [winner.json()]


def test_one_user_gets_an_email(at_once, client, unique):
    email = f"{unique()}@example.com"
    winner = check_one_winner(
        at_once(("POST", USERS, {"username": unique(), "email": email}) for _ in range(CROWD)),
        *(201, "email_taken", "Already existing email"),
    )
    assert client.get(USERS, params={"email": email}).json() == [winner.json()]


def test_one_user_is_renamed_to_a_username(at_once, client, new_user, unique):
    name, users = unique(), [new_user() for _ in range(CROWD)]
    winner = check_one_winner(
        at_once(("PUT", f"{USERS}/{user['id']}", {"username": name}) for user in users),
        *(200, "username_taken", "Username already used"),
    )
    assert client.get(USERS, params={"username": name}).json() == [winner.json()]


def test_one_user_is_moved_to_an_email(at_once, client, new_user, unique):
    email, users = f"{unique()}@example.com", [new_user() for _ in range(CROWD)]
    winner = check_one_winner(
        at_once(("PUT", f"{USERS}/{user['id']}", {"email": email}) for user in users),
        *(200, "email_taken", "Email already used"),
    )
    assert client.get(USERS, params={"email": email}).json() == [winner.json()]


def test_one_user_gets_an_explicit_id(at_once, client, unique, unique_id):
    user_id, names = unique_id(), [unique() for _ in range(CROWD)]
    winner = check_one_winner(
        at_once(
            ("POST", USERS, {"id": user_id, "username": name, "email": f"{name}@example.com"})
            for name in names
        ),
        *(201, "id_taken", "Already existing ID"),
    )
    assert client.get(f"{USERS}/{user_id}").json() == winner.json() | {"tasks": []}


def test_one_task_gets_an_explicit_id(at_once, client, unique, unique_id):
    task_id = unique_id()
    winner = check_one_winner(
        at_once(("POST", TASKS, {"id": task_id, "title": unique()}) for _ in range(CROWD)),
        *(201, "id_taken", "Already existing ID"),
    )
    assert client.get(f"{TASKS}/{task_id}").json() == winner.json() | {"assigned_users": []}


@pytest.fixture
def pair(new_user, new_task):
    """Create a user and a task."""
    return new_user(), new_task()


BY_USER = ("/api/v1/users/{user}/tasks/{task}", "Task already assigned to the user")
BY_TASK = ("/api/v1/tasks/{task}/users/{user}", "User already assigned to this task")


@pytest.mark.parametrize(("path", "detail"), [BY_USER, BY_TASK])
def test_one_assigns(at_once, client, pair, path, detail):
    user, task = pair
    path = path.format(user=user["id"], task=task["id"])
    requests = [("POST", path)] * CROWD
    check_one_winner(at_once(requests), 201, "already_assigned", detail)
    assert client.get(f"{USERS}/{user['id']}/tasks").json() == [task]


def test_one_assigns_from_whichever_side(at_once, client, pair):
    user, task = pair
    paths = [path.format(user=user["id"], task=task["id"]) for path, _ in (BY_USER, BY_TASK)]
    check_one_winner(
        at_once([("POST", path) for path in paths * (CROWD // 2)]), 201, "already_assigned", None
    )
    assert client.get(f"{TASKS}/{task['id']}/users").json() == [user]


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        (BY_USER[0], "Task not assigned to this user"),
        (BY_TASK[0], "User not assigned to this task"),
    ],
)
def test_one_unassigns(at_once, client, pair, path, detail):
    user, task = pair
    assert client.post(f"{USERS}/{user['id']}/tasks/{task['id']}").is_success
    path = path.format(user=user["id"], task=task["id"])
    check_one_winner(at_once([("DELETE", path)] * CROWD), 204, "not_assigned", detail)
    assert client.get(f"{USERS}/{user['id']}/tasks").json() == []


def test_one_deletes_a_user(at_once, new_user):
    requests = [("DELETE", f"{USERS}/{new_user()['id']}")] * CROWD
    check_one_winner(at_once(requests), 204, "user_not_found", "User not found")


def test_one_deletes_a_task(at_once, new_task):
    requests = [("DELETE", f"{TASKS}/{new_task()['id']}")] * CROWD
    check_one_winner(at_once(requests), 204, "task_not_found", "Task not found")


def test_who_is_assigned_while_being_deleted_is_gone(at_once, client, new_user, new_task):
    users, task = [new_user() for _ in range(CROWD)], new_task()
    requests = [("POST", f"{USERS}/{user['id']}/tasks/{task['id']}") for user in users]
    responses = at_once([*requests, ("DELETE", f"{TASKS}/{task['id']}")])
    assert responses.pop().status_code == 204
    for response in responses:
        if not response.is_success:
            check_error(response, 400, "task_not_found", f"Task ID {task['id']} not found")
    for user in users:
        assert client.get(f"{USERS}/{user['id']}/tasks").json() == []
