"""Limits on rates in PostgreSQL: what Python would let through, exactly, whoever comes at once."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fring_adapters.postgres import PostgresStore
from fring_adapters.postgres.repositories import rate_limits as repository
from fring_core import StoreUnavailable
from fring_http.api.rates import Rate
from fring_http.api.rates.gcra import spend
from tests.stores.older import execute

pytestmark = pytest.mark.anyio

START = 1_800_000_000_000_000
RATE = Rate(10, 86_400)
STEPS = st.lists(
    st.tuples(
        st.sampled_from([b"a", b"b"]),
        st.one_of(st.just(0), st.integers(0, 9_000_000), st.just(-(10**8)), st.just(10**8)),
        st.booleans(),
    ),
    max_size=40,
)


@pytest.fixture
async def limits(database_url, empty):
    empty()
    async with PostgresStore(database_url) as store:
        yield store.rate_limits


@given(st.builds(Rate, st.integers(1, 8), st.integers(1, 30)), STEPS)
@settings(max_examples=30)
def test_the_statement_says_what_the_function_says(database_url, empty, rate, steps):
    async def compare():
        async with PostgresStore(database_url) as store:
            tats: dict[bytes, int] = {}
            limits, now = store.rate_limits, START
            for key, step, right in steps:
                now += step  # the clock may jump back
                expected = spend(tats.setdefault(key, now), now, rate.interval, rate.window)
                assert await limits.spend(key, rate.interval, rate.window, now) == expected
                tats[key] = now + expected[1]
                if expected[0] and right:
                    await limits.refund(key, rate.interval)
                    tats[key] -= rate.interval

    empty()
    asyncio.run(compare())


async def test_exactly_the_quota_whoever_comes_at_once(database_url, empty):
    empty()

    def hammer(_):
        async def spend_often():
            async with PostgresStore(database_url) as store:
                spent = [
                    store.rate_limits.spend(b"key", RATE.interval, RATE.window) for _ in range(50)
                ]
                return sum(passes for passes, _ in await asyncio.gather(*spent))

        return asyncio.run(spend_often())

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(hammer, range(4))) == RATE.quota


async def test_the_clock_is_the_databases(limits, database_url):
    passes, ahead = await limits.spend(b"key", RATE.interval, RATE.window)
    assert (passes, ahead) == (True, RATE.interval)
    [(due,)] = execute(
        database_url, "SELECT tat - extract(epoch FROM now()) * 1e6 FROM rate_limits"
    )
    assert 0 < RATE.interval - due < 60_000_000
    short = Rate(1, 1)
    assert (await limits.spend(b"short", short.interval, short.window))[0]
    assert not (await limits.spend(b"short", short.interval, short.window))[0]
    await asyncio.sleep(1.1)
    assert (await limits.spend(b"short", short.interval, short.window))[0]


async def test_what_is_past_is_swept_away(limits, database_url, monkeypatch):
    for number in range(5):
        await limits.spend(bytes([number]), 1, 1)
    await limits.spend(b"matters", RATE.interval, RATE.window)
    monkeypatch.setattr(repository, "SWEEP_SECONDS", -1.0)
    await asyncio.sleep(0.01)
    await limits.spend(b"new", RATE.interval, RATE.window)
    rows = execute(database_url, "SELECT key FROM rate_limits ORDER BY key").fetchall()
    assert rows == [(b"matters",), (b"new",)]


async def test_it_tells_a_store_that_is_away_from_a_limit_that_fails(new_database):
    async with PostgresStore(new_database()) as store:
        with pytest.raises(RuntimeError, match="rate_limits"):
            await store.rate_limits.spend(b"key", 1, 1)
    async with PostgresStore("postgresql://127.0.0.1:1/fring") as store:
        began = time.monotonic()
        with pytest.raises(StoreUnavailable):
            await store.rate_limits.spend(b"key", 1, 1)
        assert time.monotonic() - began < 30


def test_the_table_costs_no_log(database_url):
    kind = "SELECT relpersistence::text FROM pg_class WHERE oid = 'rate_limits'::regclass"
    assert execute(database_url, kind).fetchone() == ("u",)
