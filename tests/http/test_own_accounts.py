"""One's own account: who one is, another password, and leaving for good."""

import httpx
import psycopg
import pytest

from fring_adapters.postgres.wire.urls import to_conninfo
from tests.http.test_accounts import without
from tests.http.tokens import SECRET, as_user, bearer
from tests.http.wire import at_once, check_error, check_invalid
from tests.serving import DEADLINE, serving

AUTH = "/api/v1/auth"
LOGIN, ME, CHANGE = f"{AUTH}/login", f"{AUTH}/me", f"{AUTH}/change-password"
BOARD, NEW = "/api/v1/tasks", "another password"
FOREIGN = [as_user("alice"), as_user("1", "admin")]


def log_in(caller, account, password=None):
    """Return the header that carries a new token of the account."""
    login = {"username": account["username"], "password": password or account["password"]}
    answer = caller.post(LOGIN, json=login)
    assert answer.status_code == 200, answer.text
    return bearer(answer.json()["access_token"])


def status(caller, headers):
    return caller.get(BOARD, headers=headers).status_code


@pytest.fixture
def headers(caller, account, registered):
    assert registered["username"] == account["username"]
    return log_in(caller, account)


def test_who_am_i(caller, registered, headers):
    for slash in ("", "/"):
        answer = caller.get(ME + slash, headers=headers)
        assert (answer.status_code, answer.json()) == (200, registered | {"role": "member"})
        assert caller.head(ME + slash, headers=headers).status_code == 200


@pytest.mark.parametrize("foreign", FOREIGN)
def test_who_has_no_account_has_none_to_look_after(caller, registered, foreign):
    # A subject of digits does not make an outsider the user of that id.
    for answer in (
        caller.get(ME, headers=foreign),
        caller.delete(ME, headers=foreign),
        caller.post(CHANGE, headers=foreign, content=b"{"),
        caller.get(ME, headers=as_user(str(registered["id"]), "admin")),
        caller.delete(ME, headers=as_user(str(registered["id"]), "admin")),
    ):
        check_error(answer, 403, "forbidden")
        assert "of no account" in answer.json()["detail"]


def test_a_password_is_changed(caller, account, registered, headers):
    other = log_in(caller, account)
    body = {"current_password": account["password"], "new_password": NEW}
    answer = caller.post(CHANGE, json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    issued = answer.json()
    assert (issued["user_id"], issued["token_type"]) == (registered["id"], "bearer")
    assert [status(caller, each) for each in (headers, other)] == [401, 401]
    assert status(caller, bearer(issued["access_token"])) == 200
    login = {"username": account["username"], "password": account["password"]}
    check_error(caller.post(LOGIN, json=login), 401, "unauthenticated")
    assert status(caller, log_in(caller, account, NEW)) == 200


def test_a_wrong_current_password_logs_nobody_out(caller, account, headers):
    body = {"current_password": account["password"] + " ", "new_password": NEW}
    answer = caller.post(CHANGE, json=body, headers=headers)
    check_error(answer, 403, "forbidden", "The current password is wrong")
    assert "www-authenticate" not in answer.headers
    assert status(caller, headers) == 200
    assert log_in(caller, account)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        *(({"new_password": value}, "new_password") for value in ("x" * 7, "x" * 1025, None, 5)),
        *(({"current_password": value}, "current_password") for value in ("x" * 1025, None, "\0")),
    ],
    ids=repr,
)
def test_a_bad_change_is_named_and_no_password_repeated(caller, account, headers, changes, field):
    body = {"current_password": account["password"], "new_password": NEW} | changes
    answer = caller.post(CHANGE, json=body, headers=headers)
    check_invalid(answer, "body", field)
    assert account["password"] not in answer.text
    without = {name: value for name, value in body.items() if name != field}
    check_invalid(caller.post(CHANGE, json=without, headers=headers), "body", field)
    assert status(caller, headers) == 200


def test_of_changes_at_the_same_time_one_wins(secured, caller, account, headers):
    passwords = [f"new password {number}" for number in range(2)]
    bodies = [{"current_password": account["password"], "new_password": new} for new in passwords]
    calls = [("POST", CHANGE, body) for body in bodies]
    answers = at_once(secured.url, calls, headers)
    won = [answer for answer in answers if answer.status_code == 200]
    assert len(won) == 1
    # The others came too late: before their token was looked at, or after.
    assert {answer.status_code for answer in answers} <= {200, 401, 403}
    assert status(caller, bearer(won[0].json()["access_token"])) == 200
    assert log_in(caller, account, passwords[answers.index(won[0])])


@pytest.mark.parametrize("role", ["viewer", "member", "admin"])
@pytest.mark.parametrize("secured", ["postgres"], indirect=True)
def test_an_account_is_deleted_by_its_owner(caller, secured, account, registered, *, role):
    with psycopg.connect(to_conninfo(secured.database_url), autocommit=True) as database:
        change = "UPDATE users SET role = %s WHERE id = %s"
        database.execute(change, [role, registered["id"]])
    headers = log_in(caller, account)
    own = f"/api/{registered['id']}/tasks"
    assert caller.post(own, json={"title": "private"}, headers=headers).status_code == 201
    assert caller.delete(ME, headers=headers).status_code == 204
    check_error(caller.delete(ME, headers=headers), 401, "unauthenticated", "Invalid token")
    assert status(caller, headers) == 401
    assert caller.get(own, headers=as_user(str(registered["id"]))).json() == []
    login = {"username": account["username"], "password": account["password"]}
    check_error(caller.post(LOGIN, json=login), 401, "unauthenticated")


@pytest.mark.parametrize("secured", ["postgres"], indirect=True)
def test_a_role_counts_at_once_for_tokens_that_there_are(caller, secured, account, registered):
    headers = log_in(caller, account)
    with psycopg.connect(to_conninfo(secured.database_url), autocommit=True) as database:
        for role, expected in (("admin", 422), ("member", 403), ("viewer", 403)):
            change = "UPDATE users SET role = %s WHERE id = %s"
            database.execute(change, [role, registered["id"]])
            made = caller.post("/api/v1/users", json={}, headers=headers)
            assert made.status_code == expected
            assert caller.get(ME, headers=headers).json()["role"] == role
        with pytest.raises(psycopg.errors.CheckViolation):
            database.execute("UPDATE users SET role = 'king'")


def test_nobody_raises_their_own_role(caller, account, registered, headers):
    raised = account | {"role": "admin", "username": f"{account['username']}-2"}
    made = caller.post(f"{AUTH}/register", json=raised | {"email": "2" + account["email"]})
    assert made.status_code == 201
    other = log_in(caller, raised)
    change = {"current_password": account["password"], "new_password": NEW, "role": "admin"}
    issued = caller.post(CHANGE, json=change, headers=other).json()
    other = bearer(issued["access_token"])
    for token in (headers, other):
        for method, path in (
            ("POST", "/api/v1/users"),
            ("PUT", f"/api/v1/users/{made.json()['id']}"),
        ):
            check_error(
                caller.request(method, path, json={"role": "admin"}, headers=token),
                403,
                "forbidden",
            )
        assert caller.get(ME, headers=token).json()["role"] == "member"
    assert registered["username"] == account["username"]


def test_registration_can_be_switched_off(tmp_path, account):
    settings = {"BETTER_AUTH_SECRET": SECRET, "FRING_REGISTRATION": "off"}
    with (
        serving(tmp_path, DATABASE_URL="memory://", **settings) as server,
        httpx.Client(base_url=server.url, timeout=DEADLINE, verify=False) as caller,
    ):
        for slash in ("", "/"):
            for body in (account, without(account, "email")):
                answer = caller.post(f"{AUTH}/register{slash}", json=body)
                check_error(answer, 403, "forbidden")
                assert "Registration is switched off" in answer.json()["detail"]
        assert caller.get("/api/v1/users", headers=as_user("x")).json() == []
        assert caller.post(LOGIN, json={"username": "x", "password": "y"}).status_code == 401
        paths = caller.get("/openapi.json").json()["paths"]
        assert f"{AUTH}/register" not in paths
        assert LOGIN in paths
