"""The database dies under a running server, and comes back: 503 meanwhile, no restart after."""

import time

import httpx
import psutil
import psycopg

from tests.serving import DEADLINE, await_condition, serving

BODY = {"title": "task"}


def answers(server):
    try:
        return httpx.get(f"{server.url}/health/live").status_code == 200
    except httpx.TransportError:
        return False


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


def test_a_database_may_come_later(database, tmp_path):
    """And an empty one is set up when it does."""
    with psycopg.connect(database.url) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    database.stop()
    with (
        serving(tmp_path, DATABASE_URL=database.url, WORKERS="2") as server,
        httpx.Client(base_url=server.url, timeout=DEADLINE, verify=False) as client,
    ):
        assert client.get("/health/live").status_code == 200
        assert client.get("/health/ready").status_code == 503
        assert client.post("/api/v1/tasks", json=BODY).status_code == 503
        database.start()
        await_condition(lambda: client.get("/health/ready").status_code == 200)
        assert client.post("/api/v1/tasks", json=BODY).status_code == 201
    log = server.log.read_text()
    assert "fring: Cannot reach" in log
    assert "requests are answered with 503 until that is over" in log
    assert "not there yet" in log


def test_tables_that_are_refused_later_are_taken_when_they_fit(database, tmp_path):
    with psycopg.connect(database.url) as connection:
        connection.execute("ALTER TABLE fring_version RENAME TO fring_version_kept")
    database.stop()
    with (
        serving(tmp_path, DATABASE_URL=database.url) as server,
        httpx.Client(base_url=server.url, timeout=DEADLINE, verify=False) as client,
    ):
        database.start()
        await_condition(lambda: "are not Fring's" in server.log.read_text())
        assert client.get("/health/ready").status_code == 503
        [worker] = psutil.Process(server.process.pid).children()
        worker.kill()
        await_condition(lambda: answers(server))  # the next one serves without tables as well
        with psycopg.connect(database.url) as connection:
            connection.execute("ALTER TABLE fring_version_kept RENAME TO fring_version")
        await_condition(lambda: client.get("/health/ready").status_code == 200)


def test_a_statement_may_take_as_long_as_is_said(database, tmp_path):
    with (
        serving(tmp_path, DATABASE_URL=database.url, FRING_STATEMENT_TIMEOUT="0.5") as server,
        httpx.Client(base_url=server.url, timeout=DEADLINE, verify=False) as client,
        psycopg.connect(database.url) as other,
    ):
        task = client.post("/api/v1/tasks", json=BODY).json()["id"]
        other.execute("SELECT FROM tasks WHERE id = %s FOR UPDATE", [task])
        began = time.monotonic()
        assert client.put(f"/api/v1/tasks/{task}", json={"title": "late"}).status_code == 503
        assert 0.4 < time.monotonic() - began < 5
        other.rollback()
        assert client.put(f"/api/v1/tasks/{task}", json={"title": "new"}).status_code == 200
    assert "longer than 0.5 s" in server.log.read_text()
