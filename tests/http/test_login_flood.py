"""Two hundred who guess passwords lock nobody out who knows one."""

import asyncio
from contextlib import asynccontextmanager
from itertools import count

import httpx
import pytest

from fring_adapters.clock import utc_now
from fring_adapters.identity import Argon2Passwords, SecretTokens
from fring_adapters.memory import MemoryStore
from fring_core import Fring, StoreUnavailable
from fring_http.api.app import create_app
from fring_http.api.rates import InProcessLimiter, Policy, Rate, Rates
from tests.http.tokens import SECRET
from tests.serving import DEADLINE, serving

pytestmark = pytest.mark.anyio

REGISTER, LOGIN = "/api/v1/auth/register", "/api/v1/auth/login"
PASSWORD = "correct horse battery staple"
ANN = {"username": "ann", "email": "ann@example.com", "password": PASSWORD}
RIGHT = {"username": "ann", "password": PASSWORD}
FLOOD, TRIES, FEW = 200, 14, 20


@asynccontextmanager
async def flood(client, address):
    """Have 200 guess at once, again and again, each time by another name."""
    names, answered, is_over, has_begun = count(), [], asyncio.Event(), asyncio.Event()

    async def guess():
        while not is_over.is_set():
            body = {"username": f"name {next(names)}", "password": "guess"}
            answer = await client.post(LOGIN, json=body, headers={"X-Forwarded-For": address})
            answered.append(answer.status_code)
            has_begun.set()

    tasks = [asyncio.create_task(guess()) for _ in range(FLOOD)]
    try:
        await has_begun.wait()
        yield answered
    finally:
        is_over.set()
        await asyncio.gather(*tasks)


@pytest.fixture(scope="module")
def database(new_database):
    return new_database()


# From an address of its own, ann need not have been here before; from theirs it had better.
@pytest.mark.parametrize("address", ["198.51.100.7", "192.0.2.1"], ids=["elsewhere", "same"])
async def test_whoever_has_the_right_password_gets_in(tmp_path, database, address):
    settings = {"BETTER_AUTH_SECRET": SECRET, "FRING_TRUSTED_PROXIES": "127.0.0.1"}
    settings |= {"FRING_REQUEST_SECONDS": "20"}  # a machine may be busy with other tests
    home = {"X-Forwarded-For": address}
    limits = httpx.Limits(max_connections=FLOOD + 10)
    with serving(tmp_path, DATABASE_URL=database, **settings) as server:
        async with httpx.AsyncClient(
            base_url=server.url, limits=limits, timeout=DEADLINE, verify=False
        ) as client:
            assert (await client.post(REGISTER, json=ANN)).status_code in (201, 400)
            if address == "192.0.2.1":
                assert (await client.post(LOGIN, json=RIGHT, headers=home)).status_code == 200
            async with flood(client, "192.0.2.1") as answered:
                looked_at = []  # of the others, while ann waits
                for _ in range(TRIES):
                    before = answered.count(401)
                    assert (await client.post(LOGIN, json=RIGHT, headers=home)).status_code == 200
                    looked_at.append(answered.count(401) - before)
                assert sum(looked_at) > 0, "they were there all the time"
                assert max(looked_at) < FEW
                together = (client.post(LOGIN, json=RIGHT, headers=home) for _ in range(10))
                found = [each.status_code for each in await asyncio.gather(*together)]
                assert found == [200] * 10
            assert set(answered) <= {401, 503}


def application(limiter):
    tokens = SecretTokens(SECRET)
    fring = Fring(MemoryStore(), clock=utc_now, passwords=Argon2Passwords(), issuer=tokens)
    rates = Rates(login=Policy("login", Rate(2, 86_400), limiter))
    transport = httpx.ASGITransport(create_app(fring, tokens=tokens, rates=rates))
    return httpx.AsyncClient(base_url="http://testserver", transport=transport)


async def test_who_waits_for_a_store_that_does_not_answer_another_is_refused_with_it():
    class Away(InProcessLimiter):
        asked = 0

        async def spend(self, key, interval, window):
            self.asked += 1
            await asyncio.sleep(0.01)
            raise StoreUnavailable("away")

    limiter = Away()
    async with application(limiter) as client:
        for asked in (1, 2):
            tries = await asyncio.gather(*(client.post(LOGIN, json=RIGHT) for _ in range(20)))
            assert [each.status_code for each in tries] == [503] * 20
            assert limiter.asked == asked


async def test_right_ones_at_once_are_not_in_each_others_way_and_surplus_is_refused():
    async with application(InProcessLimiter()) as client:
        assert (await client.post(REGISTER, json=ANN)).status_code == 201
        tries = await asyncio.gather(*(client.post(LOGIN, json=RIGHT) for _ in range(20)))
        assert [each.status_code for each in tries] == [200] * 20
        wrong = RIGHT | {"password": "wrong"}
        tries = await asyncio.gather(*(client.post(LOGIN, json=wrong) for _ in range(120)))
        found = [each.status_code for each in tries]
        assert (found.count(401), found.count(503), found.count(429)) == (2, 20, 98)
        other = await client.post(LOGIN, json=RIGHT | {"username": "bob"})
        assert other.status_code == 401
        me = await client.post(LOGIN, json={"email": ANN["email"], "password": PASSWORD})
        token = {"Authorization": f"Bearer {me.json()['access_token']}"}
        change = {"current_password": "wrong", "new_password": PASSWORD}
        found = [
            (await client.post("/api/v1/auth/change-password", json=change, headers=token))
            for _ in range(4)
        ]
        assert [each.status_code for each in found] == [403, 403, 429, 429]
