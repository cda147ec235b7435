"""The database dies under a running server, and comes back: 503 meanwhile, no restart after."""

import time

import httpx
import pytest

from tests.outage import Database
from tests.serving import DEADLINE, serving

BODY = {"title": "task"}


@pytest.fixture
def database(tmp_path):
    database = Database(tmp_path / "data")
    yield database
    database.close()


def test_an_outage_is_503_and_heals_by_itself(database, tmp_path):
    with (
        serving(tmp_path, DATABASE_URL=database.url) as server,
        httpx.Client(base_url=server.url, timeout=DEADLINE, verify=False) as client,
    ):
        assert client.post("/api/v1/tasks", json=BODY).status_code == 201
        database.stop()
        for method, path in (
            ("GET", "/api/v1/tasks/1"),
            ("POST", "/api/v1/tasks"),
            ("GET", "/api/v1/users"),
        ):
            answer = client.request(method, path, json=BODY if method == "POST" else None)
            assert answer.status_code == 503
            assert answer.json() == {
                "detail": "Service temporarily unavailable",
                "code": "unavailable",
            }
            assert int(answer.headers["retry-after"]) >= 1
        assert client.get("/health").status_code == 200
        # What needs no database is answered without one.
        assert client.get("/api/v1/tasks/0").status_code == 400
        assert client.post("/api/v1/tasks", json={"title": " "}).status_code == 422
        database.start()
        deadline = time.monotonic() + DEADLINE
        while client.get("/api/v1/tasks/1").status_code == 503:
            assert time.monotonic() < deadline
        assert client.post("/api/v1/tasks", json=BODY).status_code == 201
        assert [task["title"] for task in client.get("/api/v1/tasks").json()] == ["task", "task"]
