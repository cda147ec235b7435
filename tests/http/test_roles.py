"""Roles on the shared board: who may do what, against a table that is written out here."""

from typing import Any

import httpx
import pytest

from tests.http.documented import operations
from tests.http.tokens import SECRET, as_user, bearer, token
from tests.http.wire import MISSING, check_error
from tests.serving import DEADLINE, serving

EVERYBODY = {"viewer", "member", "admin"}
WRITERS = {"member", "admin"}
ADMINS = {"admin"}

# Who may; and what somebody who may is told, as nothing here names what exists or says it all.
TABLE = {
    ("GET", "/users"): (EVERYBODY, 200),
    ("POST", "/users"): (ADMINS, 422),
    ("GET", "/users/{user_id}"): (EVERYBODY, 400),
    ("PUT", "/users/{user_id}"): (ADMINS, 400),
    ("DELETE", "/users/{user_id}"): (ADMINS, 400),
    ("GET", "/users/{user_id}/tasks"): (EVERYBODY, 400),
    ("POST", "/users/{user_id}/tasks/{task_id}"): (WRITERS, 400),
    ("DELETE", "/users/{user_id}/tasks/{task_id}"): (WRITERS, 400),
    ("GET", "/tasks"): (EVERYBODY, 200),
    ("POST", "/tasks"): (WRITERS, 422),
    ("GET", "/tasks/{task_id}"): (EVERYBODY, 400),
    ("PUT", "/tasks/{task_id}"): (WRITERS, 400),
    ("DELETE", "/tasks/{task_id}"): (WRITERS, 400),
    ("PATCH", "/tasks/{task_id}/status"): (WRITERS, 422),
    ("GET", "/tasks/{task_id}/users"): (EVERYBODY, 400),
    ("POST", "/tasks/{task_id}/users/{user_id}"): (WRITERS, 400),
    ("DELETE", "/tasks/{task_id}/users/{user_id}"): (WRITERS, 400),
}
UNKNOWN: tuple[Any, ...] = ("", "ADMIN", "administrator", "owner", "member.admin", 5, {}, True, [])
# What tokens claim, and what that makes of their bearers.
CLAIMS: list[tuple[Any, str]] = [
    *((role, role) for role in ("viewer", "member", "admin")),
    (None, "member"),
    ("user", "member"),  # as Better Auth calls its members
    *((role, "viewer") for role in UNKNOWN),
    (["viewer", "admin"], "admin"),
    (["viewer"], "viewer"),
    (["owner", "member"], "member"),
    ("user,admin", "admin"),
]

memory_alone = pytest.mark.parametrize("secured", ["memory"], indirect=True)


def check_table(client, headers, role):
    for (method, path), (roles, status) in TABLE.items():
        at = f"/api/v1{path.format(user_id=MISSING, task_id=MISSING)}"
        body: Any = {} if method in {"POST", "PUT"} else None
        for slash in ("", "/"):
            response = client.request(method, at + slash, json=body, headers=headers)
            if role in roles:
                assert response.status_code == status, f"{role} {method} {path}: {response.text}"
            else:
                check_error(response, 403, "forbidden")


@memory_alone
def test_the_table_names_every_operation_of_the_board(secured):
    secured_ones = {
        (method, path)
        for (method, path), operation in operations(secured.url).items()
        if path.startswith("/api/v1/") and "/auth/" not in path and operation["security"]
    }
    assert secured_ones == {(method, f"/api/v1{path}") for method, path in TABLE}


@memory_alone
@pytest.mark.parametrize(("claim", "role"), CLAIMS, ids=repr)
def test_a_role_allows_what_the_table_says(caller, claim, role):
    check_table(caller, bearer(token(role=claim)), role)


@memory_alone
def test_a_viewer_changes_nothing_and_a_member_does(caller, unique):
    title = unique()
    refused = caller.post("/api/v1/tasks", json={"title": title}, headers=as_user("a", "viewer"))
    check_error(refused, 403, "forbidden")
    made = caller.post("/api/v1/tasks", json={"title": title}, headers=as_user("a", "member"))
    assert made.status_code == 201
    found = caller.get(f"/api/v1/tasks?title={title}", headers=as_user("b", "viewer"))
    assert found.json() == [made.json()]


@memory_alone
def test_a_user_is_managed_by_admins_alone(caller, unique):
    account = {"username": unique(), "email": f"{unique()}@example.com"}
    member, admin = as_user("a"), as_user("a", "admin")
    check_error(caller.post("/api/v1/users", json=account, headers=member), 403, "forbidden")
    user = caller.post("/api/v1/users", json=account, headers=admin).json()
    path = f"/api/v1/users/{user['id']}"
    check_error(caller.put(path, json={"username": "x"}, headers=member), 403, "forbidden")
    check_error(caller.delete(path, headers=member), 403, "forbidden")
    assert caller.get(path, headers=member).json() == user | {"tasks": []}
    assert caller.delete(path, headers=admin).status_code == 204


@memory_alone
@pytest.mark.parametrize("role", ["viewer", "member", "admin", "unknown", None])
def test_a_role_says_nothing_about_lists(caller, unique, role):
    name = unique()
    own = caller.post(f"/api/{name}/tasks", json={"title": "x"}, headers=as_user(name, role))
    assert own.status_code == 201
    check_error(caller.get(f"/api/{name}/tasks", headers=as_user("x", role)), 403, "forbidden")


def test_the_claim_that_holds_the_role_can_be_named(tmp_path):
    claim = "https://fring.example/role"
    with (
        serving(
            tmp_path, DATABASE_URL="memory://", BETTER_AUTH_SECRET=SECRET, FRING_ROLE_CLAIM=claim
        ) as server,
        httpx.Client(base_url=server.url, timeout=DEADLINE, verify=False) as client,
    ):
        check_table(client, bearer(token(**{claim: "viewer"})), "viewer")
        check_table(client, bearer(token(**{claim: "admin"})), "admin")
        check_table(client, bearer(token(**{claim: "viewer", "role": "admin"})), "viewer")
        check_table(client, bearer(token(role="admin")), "member")
