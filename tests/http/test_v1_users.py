"""`/api/v1/users`: create, get, update, delete."""

import pytest

from tests.http.wire import MISSING, check_error, check_invalid, check_task, check_user

USERS = "/api/v1/users"


def test_creates_a_user_with_an_automatic_id(client, unique):
    name = unique()
    response = client.post(f"{USERS}/", json={"username": name, "email": f"{name}@example.com"})
    assert response.status_code == 201
    assert response.headers["content-type"] == "application/json"
    user = response.json()
    check_user(user)
    assert user["id"] >= 1
    assert (user["username"], user["email"]) == (name, f"{name}@example.com")


def test_creates_a_user_with_the_id_it_is_given(client, new_user, unique_id):
    user_id = unique_id()
    assert new_user(id=user_id)["id"] == user_id
    assert client.get(f"{USERS}/{user_id}").status_code == 200


def test_takes_a_null_id_for_none(new_user):
    assert new_user(id=None)["id"] >= 1


def test_ignores_unknown_fields(client, new_user):
    user = new_user(password_hash="x", created_at="1999-01-01T00:00:00Z", version=7)
    check_user(user)
    assert not user["created_at"].startswith("1999")
    check_user(client.put(f"{USERS}/{user['id']}", json={"id": 1, "owner": "x"}).json())


def test_keeps_texts_as_they_were_sent(client, new_user, unique):
    name, email = f"  Zoë e\u0301 \U0001f600 {unique()} ", f"Ü{unique()}@Bücher.example"
    user = new_user(username=name, email=email)
    assert (user["username"], user["email"]) == (name, email)
    assert client.get(f"{USERS}/{user['id']}").json()["username"] == name


def test_refuses_a_username_or_email_that_is_taken(client, new_user, unique, unique_id):
    user, other = new_user(), new_user()
    fresh = f"{unique()}@example.com"
    for body, code, detail in (
        ({"username": user["username"], "email": fresh}, "username_taken", "username"),
        ({"username": unique(), "email": user["email"]}, "email_taken", "email"),
        ({"username": user["username"], "email": other["email"]}, "username_taken", "username"),
        ({"username": user["username"], "email": user["email"]}, "username_taken", "username"),
    ):
        for explicit in ({}, {"id": user["id"]}, {"id": unique_id()}):
            response = client.post(USERS, json=body | explicit)
            check_error(response, 400, code, f"Already existing {detail}")


def test_refuses_an_id_that_is_taken(client, new_user, unique):
    user = new_user()
    body = {"id": user["id"], "username": unique(), "email": f"{unique()}@example.com"}
    check_error(client.post(USERS, json=body), 400, "id_taken", "Already existing ID")


def test_username_and_email_are_case_sensitive(new_user):
    user = new_user()
    new_user(username=user["username"].upper())
    new_user(email=user["email"].upper())


@pytest.mark.parametrize("field", ["username", "email"])
def test_names_a_field_that_is_missing_or_null(client, unique, field):
    body = {"username": unique(), "email": f"{unique()}@example.com"}
    check_invalid(client.post(USERS, json=body | {field: None}), "body", field)
    del body[field]
    check_invalid(client.post(USERS, json=body), "body", field, kind="missing")


def test_input_is_checked_before_uniqueness(client, new_user):
    user = new_user()
    check_invalid(client.post(USERS, json={"username": user["username"], "email": "none"}), "body")


def test_gets_a_user_with_its_tasks_by_ascending_id(client, new_user, new_task, assign, unique_id):
    user = new_user()
    assert client.get(f"{USERS}/{user['id']}").json() == user | {"tasks": []}
    last, first = new_task(id=unique_id()), new_task(description="words")
    assign(user, last)
    assign(user, first)
    shown = client.get(f"{USERS}/{user['id']}").json()
    assert shown == user | {"tasks": [first, last]}
    for task in shown["tasks"]:
        check_task(task)


def test_updates_only_what_it_is_given(client, new_user, unique):
    user = new_user()
    path = f"{USERS}/{user['id']}"
    renamed = user | {"username": unique()}
    response = client.put(path, json={"username": renamed["username"]})
    assert response.status_code == 200
    assert response.json() == renamed
    moved = renamed | {"email": f"{unique()}@example.com"}
    assert client.put(path, json={"email": moved["email"]}).json() == moved
    assert client.put(path, json={}).json() == moved
    assert client.put(path, json={"username": moved["username"]}).json() == moved
    assert client.get(path).json() == moved | {"tasks": []}


def test_refuses_an_update_to_what_another_user_has(client, new_user, unique):
    user, other = new_user(), new_user()
    path = f"{USERS}/{user['id']}"
    for body, code, detail in (
        ({"username": other["username"]}, "username_taken", "Username already used"),
        ({"email": other["email"]}, "email_taken", "Email already used"),
        (
            {"username": other["username"], "email": other["email"]},
            "username_taken",
            "Username already used",
        ),
        ({"username": unique(), "email": other["email"]}, "email_taken", "Email already used"),
    ):
        check_error(client.put(path, json=body), 400, code, detail)
    assert client.get(path).json() == user | {"tasks": []}


def test_an_update_checks_input_then_existence_then_uniqueness(client, new_user):
    user = new_user()
    missing = f"{USERS}/{MISSING}"
    check_invalid(client.put(missing, json={"email": "none"}), "body", "email")
    response = client.put(missing, json={"username": user["username"]})
    check_error(response, 400, "user_not_found", "User not found")
    taken = {"username": user["username"], "email": None}
    check_invalid(client.put(f"{USERS}/{new_user()['id']}", json=taken), "body", "email")


def test_deletes_a_user_and_its_assignments_but_not_its_tasks(client, new_user, new_task, assign):
    user, task = new_user(), new_task()
    assign(user, task)
    response = client.delete(f"{USERS}/{user['id']}")
    assert (response.status_code, response.content) == (204, b"")
    check_error(client.get(f"{USERS}/{user['id']}"), 400, "user_not_found", "User not found")
    assert client.get(f"/api/v1/tasks/{task['id']}").json() == task | {"assigned_users": []}
    new_user(username=user["username"], email=user["email"], id=user["id"])
    assert client.get(f"{USERS}/{user['id']}").json()["tasks"] == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_user_that_does_not_exist(client, method):
    body: dict[str, str] | None = {} if method == "PUT" else None
    response = client.request(method, f"{USERS}/{MISSING}", json=body)
    check_error(response, 400, "user_not_found", "User not found")
