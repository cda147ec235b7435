"""Limits on rates over HTTP: exact across workers and servers, and no more than was meant."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import pytest
from litestar.exceptions import TooManyRequestsException

from fring_core import StoreUnavailable, Unauthenticated
from fring_http.api.rates import InProcessLimiter, Policy, Rate, Rates
from fring_http.api.v1.attempts import Attempts
from tests.http.test_metrics import numbers
from tests.http.tokens import SECRET, as_user
from tests.http.wire import check_error
from tests.serving import DEADLINE, serving
from tests.stores.older import execute

REGISTER, LOGIN, USERS = "/api/v1/auth/register", "/api/v1/auth/login", "/api/v1/users"
WRONG = {"username": "nobody", "password": "wrong"}
NO_HEADERS: dict[str, str] = {}
PASSWORD = "correct horse battery staple"
ADMIN = as_user("root", "admin")
PATIENT = {"FRING_REQUEST_SECONDS": "60"}  # passwords are hashed one at a time
PROXIED = PATIENT | {"BETTER_AUTH_SECRET": SECRET, "FRING_TRUSTED_PROXIES": "127.0.0.1"}
TOO_MANY = "Too many requests: Retry-After says when to try again"


def from_(address):
    return {"X-Forwarded-For": address}


def account(name):
    return {"username": name, "email": f"{name}@example.com", "password": PASSWORD}


def statuses(calls):
    """Make calls at once, over a connection each, so that all workers are met; count statuses."""
    with ThreadPoolExecutor(16) as threads:
        found = [
            answer.status_code
            for answer in threads.map(
                lambda call: httpx.post(
                    call[0], json=call[1], headers=call[2], timeout=DEADLINE, verify=False
                ),
                calls,
            )
        ]
    return {status: found.count(status) for status in set(found)}


def check_refused(answer, name, quota, window):
    check_error(answer, 429, "too_many_requests", TOO_MANY)
    seconds = int(answer.headers["retry-after"])
    assert 1 <= seconds <= window
    assert answer.headers["ratelimit"] == f'"{name}";r=0;t={seconds}'
    assert answer.headers["ratelimit-policy"] == f'"{name}";q={quota};w={window}'


@pytest.fixture(scope="module")
def two_servers(tmp_path_factory, new_database):
    """Run a server with four workers, and one with one, on the same database."""
    settings = PROXIED | {"DATABASE_URL": new_database(), "FRING_RATE_USERS": "25/day"}
    settings |= {"FRING_RATE_LOGIN": "10/day", "FRING_RATE_REGISTER": "20/day"}
    settings["FRING_POOL_SIZE"] = "4"  # the database is that of other tests, too
    with ExitStack() as stack:
        servers = [
            stack.enter_context(
                serving(tmp_path_factory.mktemp("server"), WORKERS=workers, **settings)
            )
            for workers in ("4", "1")
        ]
        yield servers


def both(servers, path, bodies, headers):
    """Return calls to both servers, four of five to the one with four workers."""
    return [
        (servers[number % 5 == 0].url + path, body, headers) for number, body in enumerate(bodies)
    ]


def test_exactly_the_limit_of_wrong_passwords_and_right_ones_are_free(two_servers):
    right = {"username": "ann", "password": PASSWORD}
    registered = httpx.post(two_servers[0].url + REGISTER, json=account("ann"), verify=False)
    assert registered.status_code == 201
    home, away = from_("192.0.2.1"), from_("198.51.100.1")
    assert statuses(both(two_servers, LOGIN, [right] * 40, home)) == {200: 40}
    wrong = right | {"password": "wrong"}
    assert statuses(both(two_servers, LOGIN, [wrong] * 80, home)) == {401: 10, 429: 70}
    for server in two_servers:
        refused = httpx.post(server.url + LOGIN, json=right, headers=home, verify=False)
        check_refused(refused, "login", 10, 86_400)
    assert statuses(both(two_servers, LOGIN, [right] * 5, away)) == {200: 5}
    other = wrong | {"username": "bob"}
    assert statuses(both(two_servers, LOGIN, [other] * 5, home)) == {401: 5}
    lengths = execute(two_servers[0].database_url, "SELECT DISTINCT length(key) FROM rate_limits")
    assert lengths.fetchall() == [(16,)], "hashes, and nobody's name or address"


def test_exactly_the_limit_of_accounts_but_not_from_this_machine(two_servers):
    bodies = [account(f"far-{number}") for number in range(50)]
    far = both(two_servers, REGISTER, bodies, from_("203.0.113.7"))
    assert statuses(far) == {201: 20, 429: 30}
    bodies = [account(f"near-{number}") for number in range(25)]
    for address in ("127.0.0.1", "::1"):
        near = both(two_servers, REGISTER, bodies, from_(address))
        assert set(statuses(near)) <= {201, 400}, "taken the second time, and not limited"
    # Who has one IPv6 address has its network.
    bodies = [account(f"six-{number}") for number in range(25)]
    calls = [
        (two_servers[0].url + REGISTER, body, from_(f"2001:db8:1:2::{number:x}"))
        for number, body in enumerate(bodies)
    ]
    assert statuses(calls) == {201: 20, 429: 5}
    neighbour = (two_servers[0].url + REGISTER, account("neighbour"), from_("2001:db8:1:3::1"))
    assert statuses([neighbour]) == {201: 1}


def test_exactly_the_limit_of_users_by_caller(two_servers):
    bodies = [{"username": f"u{number}", "email": f"u{number}@b.c"} for number in range(80)]
    assert statuses(both(two_servers, USERS, bodies, ADMIN)) == {201: 25, 429: 55}
    other = as_user("another", "admin")
    created = httpx.post(
        two_servers[0].url + USERS,
        json={"username": "one", "email": "one@b.c"},
        headers=other,
        verify=False,
    )
    assert created.status_code == 201
    listed = httpx.get(two_servers[0].url + USERS, headers=ADMIN, verify=False)
    assert listed.status_code == 200
    assert "ratelimit" not in listed.headers


def test_what_was_refused_is_told(tmp_path, new_database):
    settings = PATIENT | {"BETTER_AUTH_SECRET": SECRET, "FRING_METRICS_TOKEN": "show"}
    settings |= {"FRING_RATE_LOGIN": "10/day"}
    with serving(tmp_path, DATABASE_URL=new_database(), **settings) as server:
        assert statuses([(server.url + LOGIN, WRONG, NO_HEADERS)] * 14) == {401: 10, 429: 4}
        page = numbers(server.url, headers={"Authorization": "Bearer show"})
        assert page["fring_rate_limited_requests_total", ("limit", "login")] == 4
        names = map(str, range(25))
        calls = [(server.url + REGISTER, account(name), NO_HEADERS) for name in names]
        assert statuses(calls) == {201: 25}, "loopback"
    assert server.log.read_text().count("refused, 429: login") == 4


def test_a_limit_that_fails_lets_through_and_says_so_once(tmp_path, new_database):
    url = new_database()
    settings = {"BETTER_AUTH_SECRET": SECRET, "FRING_RATE_LOGIN": "10/day"}
    with serving(tmp_path, DATABASE_URL=url, **settings) as server:
        calls = [(server.url + LOGIN, WRONG, NO_HEADERS)] * 15
        execute(url, "ALTER TABLE rate_limits RENAME TO away")
        assert statuses(calls) == {401: 15}
        execute(url, "ALTER TABLE away RENAME TO rate_limits")
        assert statuses(calls) == {401: 10, 429: 5}
        execute(url, "ALTER TABLE rate_limits RENAME TO away")
        assert statuses(calls) == {401: 15}
    said = "the limit 'login' cannot be kept, and lets through"
    assert server.log.read_text().count(said) == 2


def test_all_that_a_caller_asks_of_the_api(tmp_path):
    settings = PROXIED | {"FRING_RATE_REQUESTS": "5/day", "FRING_RATE_LOGIN": "off"}
    with (
        serving(tmp_path, DATABASE_URL="memory://", **settings) as server,
        httpx.Client(base_url=server.url, timeout=DEADLINE, verify=False) as client,
    ):

        def ask(path="/api/v1/tasks", **headers):
            return client.get(path, headers=headers)

        ann, bob = as_user("ann"), as_user("bob")
        for path in ("/api/v1/tasks", "/api/ann/tasks", "/api/bob/tasks", "/api/v1/tasks/7"):
            assert ask(path, **ann).status_code in (200, 400, 403)
        assert ask("/api/me/tasks", **ann).status_code == 200
        check_refused(ask(**ann), "requests", 5, 86_400)
        check_refused(ask("/api/ann/tasks", **ann, **from_("192.0.2.9")), "requests", 5, 86_400)
        assert ask(**bob).status_code == 200
        # Without a token that proves something, the address counts.
        for token in ({}, {"Authorization": "Bearer no"}) * 2:
            assert ask(**token, **from_("192.0.2.1")).status_code == 401
        assert client.post(LOGIN, json={}, headers=from_("192.0.2.1")).status_code == 422
        check_refused(ask(**from_("192.0.2.1")), "requests", 5, 86_400)
        login = client.post(LOGIN, json={}, headers=from_("192.0.2.1"))
        check_refused(login, "requests", 5, 86_400)
        assert ask(**from_("192.0.2.2")).status_code == 401
        for path in ("/health", "/", "/docs"):
            assert ask(path, **from_("192.0.2.1")).status_code == 200


def test_who_is_refused_may_try_again_when_told(tmp_path, unique):
    settings = {"DATABASE_URL": "memory://", "FRING_RATE_USERS": "1/second"}
    with serving(tmp_path, **settings) as server:

        def create():
            name = unique()
            body = {"username": name, "email": f"{name}@b.c"}
            return httpx.post(server.url + USERS, json=body, verify=False)

        assert create().status_code == 201
        deadline = time.monotonic() + DEADLINE
        while (answer := create()).status_code != 429:  # two within a second
            assert time.monotonic() < deadline
        check_refused(answer, "users", 1, 1)
        time.sleep(int(answer.headers["retry-after"]))
        assert create().status_code == 201


def test_what_was_no_wrong_password_is_not_counted():
    """The store was away, or the request had no more time."""
    attempts = Attempts(Rates(login=Policy("login", Rate(3, 60), InProcessLimiter())))
    scope = {"client": ("192.0.2.1", 1)}

    async def log_in(error):
        async with attempts.logging_in(scope, "ann"):
            raise error

    async def scenario():
        for error in (StoreUnavailable("away"), asyncio.CancelledError()) * 3:
            with pytest.raises(type(error)):
                await log_in(error)
        for _ in range(3):
            with pytest.raises(Unauthenticated):
                await log_in(Unauthenticated("wrong"))
        with pytest.raises(TooManyRequestsException):
            await log_in(Unauthenticated("wrong"))

    asyncio.run(scenario())
