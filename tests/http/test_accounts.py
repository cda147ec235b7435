"""Accounts: registering with a password, and logging in for a token."""

import base64
import json
import time

import pytest

from tests.http.tokens import as_user, bearer
from tests.http.wire import check_error, check_invalid, check_user

REGISTER, LOGIN = "/api/v1/auth/register", "/api/v1/auth/login"


def without(account, name):
    return {field: value for field, value in account.items() if field != name}


def test_an_account_is_a_user(caller, account, registered):
    check_user(registered)
    assert (registered["username"], registered["email"]) == (account["username"], account["email"])
    headers = as_user("anybody", "viewer")
    shown = caller.get(f"/api/v1/users/{registered['id']}", headers=headers).json()
    assert shown == registered | {"tasks": []}


@pytest.mark.parametrize("name", ["username", "email"])
def test_a_token_is_given_by_username_and_by_email(caller, account, registered, name):
    now = int(time.time())
    response = caller.post(LOGIN, json={name: account[name], "password": account["password"]})
    assert response.status_code == 200
    body = response.json()
    assert set(body) == {"access_token", "token_type", "expires_in", "user_id"}
    assert (body["token_type"], body["expires_in"]) == ("bearer", 1234)
    assert body["user_id"] == registered["id"]
    payload = body["access_token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    assert claims["sub"] == str(registered["id"])
    assert claims["exp"] - claims["iat"] == 1234
    assert 0 <= claims["iat"] - now < 60
    assert claims["role"] == "member"
    headers = bearer(body["access_token"])
    own = f"/api/{registered['id']}/tasks"
    made = caller.post(own, json={"title": "x"}, headers=headers)
    assert (made.status_code, made.json()["user_id"]) == (201, str(registered["id"]))
    check_error(caller.get(f"/api/{account['username']}/tasks", headers=headers), 403, "forbidden")
    assert caller.post("/api/v1/tasks", json={"title": "x"}, headers=headers).status_code == 201
    check_error(caller.post("/api/v1/users", json={}, headers=headers), 403, "forbidden")


def test_wrong_credentials_are_all_told_the_same(caller, account, registered):
    plain = account | {"username": f"{account['username']}-2", "email": f"2{account['email']}"}
    made = caller.post("/api/v1/users", json=plain, headers=as_user("x", "admin"))
    assert made.status_code == 201, "a user without a password"
    password = account["password"]
    answers = [
        caller.post(LOGIN, json=credentials)
        for credentials in (
            {"username": account["username"], "password": password[:-1]},
            {"username": account["username"], "password": f"{password} "},
            {"username": account["username"], "password": ""},
            {"username": account["username"], "password": "x" * 1024},
            {"email": account["email"], "password": password.upper()},
            {"username": account["username"].upper(), "password": password},
            {"username": account["email"], "password": password},
            {"username": "nobody", "password": password},
            {"username": "", "password": password},
            {"email": "nobody", "password": password},
            {"username": plain["username"], "password": password},
            {"email": plain["email"], "password": ""},
        )
    ]
    for answer in answers:
        check_error(answer, 401, "unauthenticated", "Invalid credentials")
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize(
    ("changed", "code", "detail"),
    [
        ("email", "username_taken", "Already existing username"),
        ("username", "email_taken", "Already existing email"),
        (None, "username_taken", "Already existing username"),
    ],
)
def test_a_name_and_an_email_are_given_once(caller, account, registered, *, changed, code, detail):
    again = account | {"password": "another password"}
    if changed:
        again[changed] = f"other{account[changed]}"
    check_error(caller.post(REGISTER, json=again), 400, code, detail)
    login = without(account, "email")
    assert caller.post(LOGIN, json=login).status_code == 200
    refused = caller.post(LOGIN, json=login | {"password": "another password"})
    check_error(refused, 401, "unauthenticated")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("password", value) for value in ("x" * 7, "x" * 1025, "", "long enough\0", 12345678)),
        *(("password", value) for value in (None, ["x" * 8])),
        *(("username", value) for value in ("", " ", "x" * 256, None, 5)),
        *(("email", value) for value in ("", "no at", "x" * 256 + "@b.c", None)),
    ],
)
def test_a_bad_field_is_named_and_the_password_not_repeated(caller, account, field, value):
    response = caller.post(REGISTER, json=account | {field: value})
    check_invalid(response, "body", field)
    assert account["password"] not in response.text
    check_invalid(caller.post(REGISTER, json=without(account, field)), "body", field)
    login = without(account, "email")
    check_error(caller.post(LOGIN, json=login), 401, "unauthenticated")


@pytest.mark.parametrize(
    "credentials",
    [
        {"password": "long enough"},
        {"username": "a"},
        {"email": "a@b.c"},
        {"username": "a", "email": "a@b.c", "password": "long enough"},
        {"username": "a", "password": "x" * 1025},
        {"username": "a", "password": None},
        {"username": "a\0", "password": "long enough"},
        {"username": 5, "password": "long enough"},
    ],
)
def test_a_login_without_sense_is_invalid(caller, credentials):
    check_invalid(caller.post(LOGIN, json=credentials), "body")


def test_without_authentication_there_are_no_accounts(client, account):
    for path in (REGISTER, LOGIN, "/api/v1/auth/logout", "/api/v1/auth/change-password"):
        for slash in ("", "/"):
            check_error(client.post(path + slash, json=account), 404, "not_found")
    check_error(client.get("/api/v1/auth/me"), 404, "not_found")
