"""What goes wrong inside is told to the log, and to nobody else: no traceback, no SQL, no path."""

import asyncio
import logging
from typing import Any

import httpx
import psycopg

from fring_adapters.clock import utc_now
from fring_adapters.memory import MemoryStore
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import Fring
from fring_http.api.app import create_app
from tests.http.test_store_faults import READS, WRITES
from tests.http.wire import check_error
from tests.serving import serving

SAID = 'psycopg: column "hidden" does not exist: SELECT hidden FROM users; /srv/fring/secret.py'
REQUESTS = [*WRITES, *(("GET", path, None) for path in READS)]


class BrokenStore(MemoryStore):
    """Fail in every call, as no store should."""

    def __getattribute__(self, name: str) -> Any:
        if name in {"users", "tasks", "assignments", "receipts", "transaction"}:
            raise RuntimeError(SAID)
        return super().__getattribute__(name)


def test_a_fault_of_our_own_is_500_without_a_word_of_it(caplog):
    store = MemoryStore()
    fring = Fring(store, clock=utc_now)
    store.__class__ = BrokenStore
    app: Any = create_app(fring)

    async def answers():
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://fring") as client:
            return [await client.request(method, at, json=body) for method, at, body in REQUESTS]

    with caplog.at_level(logging.ERROR):
        given = asyncio.run(answers())
    for answer in given:
        assert answer.status_code == 500
        assert answer.json() == {"detail": "Internal server error", "code": "internal"}
        assert answer.headers["content-security-policy"]
    assert SAID in caplog.text


def test_a_database_that_is_not_as_it_should_be_is_not_described(tmp_path, new_database):
    url = new_database()
    with serving(tmp_path, DATABASE_URL=url, DEBUG="on", LOG_LEVEL="debug") as server:
        with psycopg.connect(to_conninfo(url), autocommit=True) as connection:
            connection.execute("ALTER TABLE tasks RENAME title TO other")
        with httpx.Client(base_url=server.url, verify=False) as client:
            given = [client.request(method, at, json=body) for method, at, body in REQUESTS]
    assert any(answer.status_code == 503 for answer in given)
    for answer in given:
        if answer.is_server_error:
            check_error(answer, 503, "unavailable", "Service temporarily unavailable")
        for word in ("psycopg", "SELECT", "INSERT", "relation", "column", "Traceback", ".py"):
            assert word not in answer.text
    assert "title" in server.log.read_text()  # which is whole, now that the server has ended
