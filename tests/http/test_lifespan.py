"""The application under another server than ours: started, stopped, and started again."""

from itertools import count
from threading import Event
from typing import Any, cast

import pytest
from litestar.testing import TestClient

from fring_adapters import postgres
from fring_core import StoreUnavailable
from fring_http.server import tables
from fring_http.server.composition import create
from fring_http.server.settings import Settings
from tests.serving import DEADLINE, await_condition


def client_of(app):
    return TestClient(cast("Any", app), base_url="http://fring.localhost")


@pytest.mark.parametrize("memory", [True, False], ids=["memory", "postgres"])
def test_an_application_may_be_started_again(memory, database):
    app = create(Settings(database_url="memory://" if memory else database.url))
    for _ in range(2):
        with client_of(app) as client:
            assert client.post("/api/v1/tasks", json={"title": "task"}).status_code == 201


def test_an_application_starts_while_the_database_is_away(database):
    app = create(Settings(database_url=database.url, schema="fring"))
    database.stop()
    with client_of(app) as client:
        assert client.get("/api/v1/tasks").status_code == 503
        database.start()
        await_condition(lambda: client.get("/api/v1/tasks").status_code == 200)


def test_a_long_outage_is_an_outage_like_any_other(monkeypatch):
    tries, prepared = count(), Event()

    def prepare(url, *, schema, upgrade):
        if next(tries) < 1500:  # more than Python calls may be within each other
            raise StoreUnavailable("it is away")
        prepared.set()

    monkeypatch.setattr(postgres, "prepare", prepare)
    monkeypatch.setattr(tables, "PREPARE_AGAIN_SECONDS", 0)
    with client_of(create(Settings(database_url="postgresql://127.0.0.1:1/away"))):
        assert prepared.wait(DEADLINE)
