"""Who counts as having written lately, and from when on."""

import asyncio
import subprocess
import sys

import pytest

from fring_http.api.exchanges import EXCHANGE, Exchange, current
from fring_http.server.shared_table import PLACES, shared_file
from fring_http.server.writes import RecentWrites, _place


def exchange_of(method, caller="alice"):
    return Exchange(method=method, client="", id="", caller=caller)


def may_be_stale(writes, method="GET", caller="alice"):
    token = current.set(exchange_of(method, caller))
    try:
        return writes.may_be_stale()
    finally:
        current.reset(token)


def run(writes, app, method="POST", send=None):
    async def nothing(_):
        pass

    scope = {"type": "http", "method": method, EXCHANGE: exchange_of(method)}
    asyncio.run(writes.around(app)(scope, None, send or nothing))


async def answering(_, __, send):
    await send({"type": "http.response.start"})


def test_a_write_counts_before_its_answer_is_sent():
    writes = RecentWrites(60)
    seen = []

    async def send(_):
        seen.append(writes.has("alice"))

    assert may_be_stale(writes)
    run(writes, answering, send=send)
    assert seen == [True]
    assert not may_be_stale(writes)
    assert may_be_stale(writes, caller="bob")


def test_it_counts_from_its_end_on():
    writes = RecentWrites(0.2)

    async def slow(_, __, send):
        await asyncio.sleep(0.3)
        await send({"type": "http.response.start"})

    run(writes, slow)
    assert writes.has("alice")


@pytest.mark.parametrize("error", [asyncio.CancelledError, RuntimeError])
def test_one_without_an_answer_counts(error):
    writes = RecentWrites(60)

    async def failing(*_):
        raise error

    with pytest.raises(error):
        run(writes, failing)
    assert writes.has("alice")


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_what_only_reads_does_not_count(method):
    writes = RecentWrites(60)
    run(writes, answering, method)
    assert may_be_stale(writes)
    assert may_be_stale(writes, "HEAD")


def test_what_is_read_for_a_write_or_for_nobody_is_never_stale():
    writes = RecentWrites(60)
    assert not may_be_stale(writes, "POST")
    assert not writes.may_be_stale()


def test_all_processes_of_a_server_know():
    with shared_file() as path:
        here = RecentWrites(60, path)
        assert not here.has("alice")
        code = (
            "from pathlib import Path; from fring_http.server.writes import RecentWrites;"
            f"RecentWrites(60, Path({str(path)!r})).note('alice')"
        )
        subprocess.run([sys.executable, "-c", code], check=True)
        assert here.has("alice")
        assert not here.has("bob")


def test_who_shares_a_place_counts_as_well():
    writes = RecentWrites(60)
    other = next(name for name in map(str, range(20 * PLACES)) if _place(name) == _place("alice"))
    writes.note("alice")
    assert writes.has(other)


def test_a_time_that_is_to_come_counts_as_now():
    writes = RecentWrites(60)
    writes._times[_place("alice")] = 1e12
    assert writes.has("alice")


def test_any_subject_has_a_place():
    writes = RecentWrites(60)
    for caller in ("", "\0", "ü" * 255, "\ud800"):
        writes.note(caller)
        assert writes.has(caller)
