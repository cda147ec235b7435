"""The application under another server than ours: started, stopped, and started again."""

import time
from typing import Any, cast

import pytest
from litestar.testing import TestClient

from fring_http.main import create
from fring_http.settings import Settings
from tests.outage import Database
from tests.serving import DEADLINE


def client_of(app):
    return TestClient(cast("Any", app), base_url="http://fring.localhost")


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    database = Database(tmp_path_factory.mktemp("lifespan") / "data")
    yield database
    database.close()


@pytest.mark.parametrize("memory", [True, False], ids=["memory", "postgres"])
def test_an_application_may_be_started_again(memory, database):
    app = create(Settings(database_url="memory://" if memory else database.url))
    for _ in range(2):
        with client_of(app) as client:
            assert client.post("/api/v1/tasks", json={"title": "task"}).status_code == 201


def test_an_application_starts_while_the_database_is_away(database):
    app = create(Settings(database_url=database.url))
    database.stop()
    with client_of(app) as client:
        assert client.get("/api/v1/tasks").status_code == 503
        database.start()
        deadline = time.monotonic() + DEADLINE
        while client.get("/api/v1/tasks").status_code != 200:
            assert time.monotonic() < deadline
