"""What goes wrong at the first try: an address that is none, a database that lets nobody in."""

import asyncio
import os

import psycopg
import pytest

from benchmarks.ports import free_port
from fring_adapters.clock import utc_now
from fring_adapters.postgres import BlockingPostgresStore, PoolSettings, PostgresStore, prepare
from fring_adapters.postgres.wire.door import Door
from fring_core import Fring, StoreUnavailable, run_sync

HASTY = PoolSettings(size=2, timeout=0.5)
KINDS = (PostgresStore, BlockingPostgresStore)


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def reason(request):
    """Give a function that returns why a store cannot be reached, in the words of its error."""

    async def in_loop(url):
        async with PostgresStore(url, HASTY) as store:
            await Fring(store, clock=utc_now).tasks.list()

    def made(url):
        with pytest.raises(StoreUnavailable) as unavailable:
            if request.param is PostgresStore:
                asyncio.run(in_loop(url))
            else:
                with BlockingPostgresStore(url, HASTY) as store:
                    run_sync(Fring(store, clock=utc_now).tasks.list())
        return str(unavailable.value)

    return made


def test_a_database_that_is_not_there_is_named(reason, database_url):
    base, _, query = database_url.partition("?")
    url = f"{base.rpartition('/')[0]}/none_such" + (f"?{query}" if query else "")
    found = reason(url)
    assert "no connection within 0.5 s: connection" in found
    assert 'database "none_such" does not exist' in found


def test_an_address_where_nobody_listens_is_named(reason):
    port = free_port()
    found = reason(f"postgresql://ann:secret@127.0.0.1:{port}/fring")
    assert f"port {port} failed: Connection refused" in found
    assert "secret" not in found


@pytest.mark.parametrize("url", [None, b"postgresql://fring", 5])
def test_a_url_is_a_text(url):
    for take in (prepare, *KINDS):
        with pytest.raises(TypeError, match="a database URL is a text such as 'postgresql://"):
            take(url)
    with pytest.raises(TypeError, match="not None: is it set"):
        prepare(os.environ.get("NONE_SUCH"))  # type: ignore[arg-type]  # as people do


@pytest.mark.parametrize("pool", [16, {"size": 16}, PoolSettings])
def test_a_pool_is_its_settings(pool):
    for kind in KINDS:
        with pytest.raises(TypeError, match=r"such as PoolSettings\(size=16\)"):
            kind("postgresql://fring", pool)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("size", "3"),
        ("size", -1),
        ("size", 2.0),
        ("size", True),
        ("overflow", None),
        ("overflow", -1),
        ("timeout", "1"),
        ("timeout", 0),
        ("timeout", None),
        ("timeout", float("nan")),
        ("timeout", float("inf")),
        ("patience", -1),
        ("patience", "1"),
        ("recycle", 0),
        ("recycle", True),
        ("prepare", "false"),
        ("prepare", None),
    ],
)
def test_a_size_or_a_time_that_cannot_be_is_named(name, value):
    with pytest.raises(ValueError, match=f"^{name}={value!r} must be"):
        PoolSettings(**{name: value})


def test_a_pool_has_room_for_one():
    BlockingPostgresStore("postgresql://fring", PoolSettings(size=0, overflow=1))
    with pytest.raises(ValueError, match="size=0 and overflow=0 leave no connection at all"):
        PoolSettings(size=0)


def test_a_reason_that_is_over_is_forgotten():
    door = Door()
    with pytest.raises(psycopg.OperationalError), door.watched():
        raise psycopg.OperationalError("away")
    assert door.reason == ": away"
    with door.watched():
        pass
    assert door.reason == ""
