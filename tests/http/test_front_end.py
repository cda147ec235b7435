"""The requests of a browser's front end with a login form, in its own order and with its headers.

It keeps the token in its storage, sends it as a bearer, and lives at another origin than the API,
which it calls with credentials; only what has to do with the login goes to its own origin.
"""

import pytest

from tests.http.test_v1_cors import check_allowed

ORIGIN = "http://localhost:5173"
JSON = {"content-type": "application/json"}


@pytest.fixture
def browser(caller):
    """Return a function that sends a request from the page, the preflight included."""

    def send(method, path, body=None, headers=()):
        fields = {"origin": ORIGIN, "sec-fetch-mode": "cors"} | dict(headers)
        asked = caller.options(
            path,
            headers={
                "origin": ORIGIN,
                "access-control-request-method": method,
                "access-control-request-headers": ", ".join(sorted(dict(headers))),
            },
        )
        assert asked.status_code in {200, 204}, asked.text
        check_allowed(asked, ORIGIN)
        answer = caller.request(method, path, json=body, headers=fields)
        check_allowed(answer, ORIGIN)
        assert answer.is_success, f"{method} {path}: {answer.text}"
        assert "set-cookie" not in answer.headers
        return answer.json() if answer.content else None

    return send


def test_from_the_login_to_the_logout(browser, account, registered):
    login = {"username": account["username"], "password": account["password"]}
    entered = browser("POST", "/api/v1/auth/login", login, JSON)
    bearer = {"authorization": f"Bearer {entered['access_token']}"}
    me = browser("GET", "/api/v1/auth/me", headers=bearer)
    assert (me["id"], me["username"]) == (registered["id"], account["username"])
    assert entered["user_id"] == me["id"]
    board = bearer | JSON  # also where there is no body
    assert isinstance(browser("GET", "/api/v1/tasks/", headers=board), list)
    users = browser("GET", "/api/v1/users/", headers=board)
    assert {user["id"] for user in users} >= {me["id"]}
    new = {"title": "Water the plants", "description": "", "status": "todo"}
    task = browser("POST", "/api/v1/tasks/", new, board)
    one = f"/api/v1/tasks/{task['id']}"
    changed = browser("PUT", one, {"status": "in_progress"}, board)
    assert (changed["status"], changed["title"]) == ("in_progress", new["title"])
    browser("POST", f"{one}/users/{me['id']}", headers=board)
    assert browser("GET", one, headers=board)["assigned_users"] == [registered]
    browser("DELETE", f"{one}/users/{me['id']}", headers=board)
    browser("DELETE", one, headers=board)
    browser("POST", "/api/v1/auth/logout", headers=bearer)


def test_its_form_for_another_password(browser, account, registered):
    login = {"username": account["username"], "password": account["password"]}
    bearer = browser("POST", "/api/v1/auth/login", login, JSON)["access_token"]
    change = {"current_password": account["password"], "new_password": "another password"}
    headers = JSON | {"authorization": f"Bearer {bearer}"}
    renewed = browser("POST", "/api/v1/auth/change-password", change, headers)
    me = browser(
        "GET", "/api/v1/auth/me", headers={"authorization": f"Bearer {renewed['access_token']}"}
    )
    assert me["id"] == registered["id"]
