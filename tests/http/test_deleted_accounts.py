"""Who deletes an account leaves nothing behind: no list, no token, and no id to be drawn again."""

from types import SimpleNamespace
from typing import Any

import httpx
import psycopg
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from fring_adapters.clock import utc_now
from fring_adapters.identity import Argon2Passwords, SecretTokens
from fring_adapters.memory import MemoryStore
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import Fring
from fring_core.testing import Fault, FaultyStore
from fring_http.api.app import create_app
from fring_http.api.personal import personal_router
from fring_http.api.v1 import auth_router, v1_router
from tests.http.tokens import SECRET, as_user, bearer, token
from tests.http.wire import check_error
from tests.serving import DEADLINE, serving

REGISTER, LOGIN, USERS, BOARD = (
    *("/api/v1/auth/register", "/api/v1/auth/login"),
    *("/api/v1/users", "/api/v1/tasks"),
)
ADMIN = as_user("root", "admin")


def log_in(caller, account):
    """Return the header that carries the account's token."""
    login = {"username": account["username"], "password": account["password"]}
    answer = caller.post(LOGIN, json=login)
    assert answer.status_code == 200, answer.text
    return bearer(answer.json()["access_token"])


def check_refused(caller, headers, user_id):
    """Assert that a token proves nothing: on its own list, on another's, and on the board."""
    for path in (f"/api/{user_id}/tasks", "/api/alice/tasks", BOARD):
        for answer in (
            caller.get(path, headers=headers),
            caller.post(path, headers=headers, content=b"{"),
        ):
            check_error(answer, 401, "unauthenticated", "Invalid token")
            assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


def delete(caller, user_id):
    assert caller.delete(f"{USERS}/{user_id}", headers=ADMIN).status_code == 204


def choose(caller, user_id, unique):
    """Create a user with an id of one's choice."""
    name = unique()
    body = {"id": user_id, "username": name, "email": f"{name}@example.com"}
    answer = caller.post(USERS, json=body, headers=ADMIN)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
def own(registered):
    return f"/api/{registered['id']}/tasks"


def test_a_deleted_account_takes_its_list_and_its_tokens_along(
    caller, account, registered, own, unique
):
    number = registered["id"]
    headers = log_in(caller, account)
    assert caller.post(own, json={"title": "private"}, headers=headers).status_code == 201
    shared = caller.post(BOARD, json={"title": "shared"}, headers=headers).json()
    assigned = f"{USERS}/{number}/tasks/{shared['id']}"
    assert caller.post(assigned, headers=headers).status_code == 201
    delete(caller, number)
    check_refused(caller, headers, number)
    login = {"email": account["email"], "password": account["password"]}
    check_error(caller.post(LOGIN, json=login), 401, "unauthenticated")
    outsider = as_user(f"{number}")
    assert caller.get(own, headers=outsider).json() == []
    # Whoever chooses the id again finds nothing, and proves nothing to the old token.
    again = choose(caller, number, unique)
    assert caller.get(own, headers=outsider).json() == []
    assert caller.get(f"{USERS}/{number}", headers=ADMIN).json() == again | {"tasks": []}
    assert caller.get(f"{BOARD}/{shared['id']}", headers=ADMIN).json() == shared | {
        "assigned_users": []
    }
    check_refused(caller, headers, number)


def test_no_registration_draws_an_id_that_somebody_had(caller, registered, unique):
    ahead = range(registered["id"] + 1, registered["id"] + 6)
    for number in ahead:
        choose(caller, number, unique)
        delete(caller, number)
    for _ in range(8):
        name = unique()
        body = {"username": name, "email": f"{name}@example.com", "password": unique()}
        assert caller.post(REGISTER, json=body).json()["id"] not in ahead


def test_a_user_without_a_password_takes_nobodys_list_along(caller, unique, unique_id):
    """Outside subjects with numbers for names are not the board's users of these numbers."""
    number = unique_id()
    choose(caller, number, unique)
    outsider, path = as_user(f"{number}"), f"/api/{number}/tasks"
    task = caller.post(path, json={"title": "theirs"}, headers=outsider).json()
    delete(caller, number)
    assert caller.get(path, headers=outsider).json() == [task]


@pytest.mark.parametrize("secured", ["postgres"], indirect=True)
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE users SET password_hash = NULL",
        "UPDATE users SET password_hash = 'another'",
        "DELETE FROM users",
    ],
)
def test_what_is_done_to_an_account_by_sql_counts(caller, secured, account, registered, change):
    headers = log_in(caller, account)
    assert caller.get(BOARD, headers=headers).status_code == 200
    with psycopg.connect(to_conninfo(secured.database_url), autocommit=True) as database:
        database.execute(f"{change} WHERE id = %s", [registered["id"]])
    check_refused(caller, headers, registered["id"])


@pytest.mark.parametrize("account", ["", 7, True, [], {}, None], ids=repr)
def test_a_token_of_no_account_is_refused(caller, account):
    signed = token(sub="1") if account is None else token(sub="1", fring_account=account)
    path = "/api/1/tasks"
    answer = caller.get(path, headers=bearer(signed))
    assert answer.status_code == (200 if account is None else 401)


def test_every_worker_knows_at_once(new_database, tmp_path, account):
    settings = {"BETTER_AUTH_SECRET": SECRET, "DATABASE_URL": new_database(), "WORKERS": "2"}
    with serving(tmp_path, **settings) as server:

        def send(method, path, **more):
            """Connect anew, so that each worker comes to answer."""
            url = server.url + path
            return httpx.request(method, url, verify=False, timeout=DEADLINE, **more)

        number = send("POST", REGISTER, json=account).json()["id"]
        login = {"username": account["username"], "password": account["password"]}
        headers = bearer(send("POST", LOGIN, json=login).json()["access_token"])
        assert {send("GET", BOARD, headers=headers).status_code for _ in range(8)} == {200}
        assert send("DELETE", f"{USERS}/{number}", headers=ADMIN).status_code == 204
        assert {send("GET", BOARD, headers=headers).status_code for _ in range(8)} == {401}


@pytest.fixture
def world():
    """Return a store that fails as it is told, tokens and a Fring, as an embedder has them."""
    faults: list[Fault] = []
    plan = iter(lambda: faults.pop() if faults else Fault.NONE, None)
    store = FaultyStore(MemoryStore(), plan)
    tokens = SecretTokens(SECRET)
    fring = Fring(store, clock=utc_now, passwords=Argon2Passwords(), issuer=tokens)
    return SimpleNamespace(store=store, faults=faults, tokens=tokens, fring=fring)


def test_only_a_token_of_an_account_asks_the_store(world, account):
    app: Any = create_app(world.fring, tokens=world.tokens)
    with TestClient(app) as caller:
        caller.post(REGISTER, json=account)
        headers = log_in(caller, account)
        world.store.taken.clear()
        check_error(caller.get("/api/bob/tasks", headers=headers), 403, "forbidden")
        assert world.store.taken == [("credentials.get", Fault.NONE)]
        world.faults.append(Fault.FAIL_BEFORE)
        away = caller.post("/api/1/tasks", headers=headers, content=b"{")
        check_error(away, 503, "unavailable")
        assert "retry-after" in away.headers
        world.store.taken.clear()
        expired = bearer(token(sub="1", exp=1, fring_account="x"))
        for other in ({}, bearer("bad"), expired, as_user("alice")):
            refused = caller.post("/api/bob/tasks", headers=other, content=b"{")
            assert refused.status_code in {401, 403}
        assert world.store.taken == []


def test_a_mounted_router_takes_no_account_on_trust(world, account):
    fring, answers = world.fring, []
    for tokens in (world.tokens, fring.accounts.checking(world.tokens)):
        routers = (
            v1_router(fring, tokens),
            personal_router(fring, tokens),
            auth_router(fring.accounts),
        )
        with TestClient(Litestar(routers, logging_config=None)) as caller:
            caller.post(REGISTER, json=account)
            headers = log_in(caller, account)
            for path in (BOARD, "/api/1/tasks"):
                answers.append(caller.get(path, headers=headers).status_code)
                assert caller.get(BOARD, headers=as_user("alice")).status_code == 200
    assert answers == [401, 401, 200, 200]
