"""Passwords: how long they may be, where they never show, and hashes from elsewhere."""

import json

import bcrypt
import psycopg
import pytest

from fring_adapters.postgres.wire.urls import to_conninfo
from tests.http.tokens import as_user, bearer
from tests.http.wire import check_error

REGISTER, LOGIN = "/api/v1/auth/register", "/api/v1/auth/login"
CHANGE = "/api/v1/auth/change-password"
JSON = {"content-type": "application/json"}


def without_email(account):
    return {field: value for field, value in account.items() if field != "email"}


@pytest.mark.parametrize("password", ["x" * 8, "\U0001f600" * 8, "x" * 1024, " " * 8, "ü" * 1024])
def test_a_password_of_8_to_1024_characters_will_do(caller, account, password):
    account["password"] = password
    assert caller.post(REGISTER, json=account).status_code == 201
    assert caller.post(LOGIN, json=without_email(account)).status_code == 200
    shorter = without_email(account) | {"password": password[:-1]}
    check_error(caller.post(LOGIN, json=shorter), 401, "unauthenticated")


def test_a_password_is_never_shown(caller, secured, account, registered):
    login, wrong = without_email(account), f"wr0ng-{account['password']}"
    admin = as_user("x", "admin")
    path = f"/api/v1/users/{registered['id']}"
    answers = [
        caller.post(LOGIN, json=login),
        caller.post(LOGIN, json=login | {"password": wrong}),
        caller.post(REGISTER, json=account),
        caller.post(REGISTER, json=account | {"email": 5}),
        caller.post(LOGIN, content=json.dumps(login)[:-1], headers=JSON),
        caller.get(path, headers=admin),
        caller.get(f"/api/v1/users?username={account['username']}", headers=admin),
        caller.put(path, json={"password_hash": "x", "password": "x"}, headers=admin),
    ]
    assert answers[-1].json() == registered
    own = bearer(caller.post(LOGIN, json=login).json()["access_token"])  # it was not changed
    change = {"current_password": account["password"], "new_password": wrong}
    answers += [
        caller.post(CHANGE, json=change | {"new_password": 5}, headers=own),
        caller.post(CHANGE, json=change | {"current_password": wrong}, headers=own),
        caller.get("/api/v1/auth/me", headers=own),
        caller.post(CHANGE, json=change, headers=own),
        caller.get("/api/v1/auth/me", headers=own),
    ]
    statuses = [200, 401, 400, 422, 422, 200, 200, 200, 422, 403, 200, 200, 401]
    assert [answer.status_code for answer in answers] == statuses
    written = secured.log.read_text(errors="replace")
    for text in (written, *(answer.text for answer in answers)):
        assert account["password"] not in text
        assert "argon2" not in text
        assert "password_hash" not in text


@pytest.mark.parametrize("secured", ["postgres"], indirect=True)
@pytest.mark.parametrize("password", ["correct horse", "\U0001f600" * 18])
def test_a_bcrypt_hash_is_taken_in_and_replaced(caller, secured, account, password):
    known = bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()
    assert known.startswith("$2b$")
    name = account["username"]
    with psycopg.connect(to_conninfo(secured.database_url), autocommit=True) as database:
        database.execute(
            "INSERT INTO users (username, email, password_hash) VALUES (%s, %s, %s)",
            (name, account["email"], known),
        )

        def kept():
            row = database.execute("SELECT password_hash FROM users WHERE username = %s", (name,))
            [(kept,)] = row.fetchall()
            return kept

        for given in ("wrong horse", password + "x" * 72):
            wrong = caller.post(LOGIN, json={"username": name, "password": given})
            check_error(wrong, 401, "unauthenticated", "Invalid credentials")
            assert kept() == known
        for _ in range(2):
            right = caller.post(LOGIN, json={"username": name, "password": password})
            assert right.status_code == 200
        assert kept().startswith("$argon2id$")
        once = kept()
        assert caller.post(LOGIN, json={"username": name, "password": password}).is_success
        assert kept() == once
