"""The numbers of a server: right over several workers, and after one was killed."""

import shutil
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import psutil
import pytest
from litestar.testing import TestClient
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.ports import free_port
from fring_http.server.composition import create
from fring_http.server.settings import Settings
from fring_http.version import VERSION
from tests.serving import await_condition, serving
from tests.stores.older import execute

DURATION = "fring_http_request_duration_seconds"


def numbers(url, **more):
    """Return each sample of a page of metrics by its name and labels."""
    page = httpx.get(f"{url}/metrics", verify=False, **more)
    assert page.status_code == 200, page.text
    assert page.headers["content-type"].startswith("text/plain; version=")
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(page.text)
        for sample in family.samples
    }


def count(found, method, route, status):
    labels = (("method", method), ("route", route), ("status", status))
    return found.get((f"{DURATION}_count", *labels), 0)


def get(url):
    return httpx.get(url, verify=False).status_code


def test_every_request_is_counted_once_whichever_worker_has_it(tmp_path, new_database):
    with serving(tmp_path, DATABASE_URL=new_database(), WORKERS="3") as server:
        tasks, nowhere = f"{server.url}/api/v1/tasks", f"{server.url}/api/v1/nowhere"
        with ThreadPoolExecutor(8) as threads:  # a connection each, so that all workers are met
            list(threads.map(get, [tasks, nowhere] * 40))
        large = httpx.post(tasks, content=b"x" * 2**21, verify=False)
        assert large.status_code == 413
        assert httpx.patch(tasks, verify=False).status_code == 405
        for path in (tasks, f"{server.url}/metrics"):
            assert httpx.request("BREW", path, verify=False).status_code == 405
        assert get(f"{server.url}/api/v1/tasks/7") == 400
        expected = {
            ("GET", "/api/v1/tasks", "2xx"): 40,
            ("POST", "/api/v1/tasks", "4xx"): 1,
            ("GET", "/api/v1/tasks/{task_id}", "4xx"): 1,
            ("none", "none", "4xx"): 43,  # no series for what has no route
            ("PATCH", "/api/v1/tasks", "4xx"): 0,
        }

        def counted():
            found = numbers(server.url)
            return {key: count(found, *key) for key in expected}

        await_condition(lambda: counted() == expected)  # a worker counts twice a second
        for _ in range(3):
            assert counted() == expected
        found = numbers(server.url)
        before = found
        # What a worker that is killed has counted stays, and its place is taken.
        for worker in psutil.Process(server.process.pid).children():
            worker.send_signal(signal.SIGKILL)
        server.process.send_signal(signal.SIGHUP)
        await_condition(lambda: answers(server.url))
        await_condition(lambda: numbers(server.url)[("fring_workers",)] == 3)
        found = numbers(server.url)
        assert count(found, "GET", "/api/v1/tasks", "2xx") == 40
        for key, value in before.items():
            if key[0].endswith(("_count", "_total", "_bucket")):
                assert found[key] >= value, key
        assert get(tasks) == 200
        await_condition(lambda: count(numbers(server.url), "GET", "/api/v1/tasks", "2xx") == 41)
        [build] = [key for key in found if key[0] == "fring_build_info"]
        assert ("version", VERSION) in build


def test_a_worker_that_was_replaced_does_not_go_on_in_the_numbers(tmp_path, new_database):
    with serving(tmp_path, DATABASE_URL=new_database()) as server:
        server.process.send_signal(signal.SIGHUP)
        await_condition(lambda: " replaces " in server.log.read_text())
        await_condition(lambda: numbers(server.url)["fring_workers",] == 1)


def test_workers_start_without_what_was_tidied_away(tmp_path):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    more = {"TMPDIR": str(temporary), "FRING_METRICS_PORT": str(free_port())}
    with serving(tmp_path, DATABASE_URL="memory://", **more) as server:
        for folder in temporary.iterdir():
            shutil.rmtree(folder)
        (tmp_path / ".env").write_text("FRING_METRICS=off\n")  # as well
        for worker in psutil.Process(server.process.pid).children():
            worker.kill()
        await_condition(lambda: not answers(server.url))
        await_condition(lambda: answers(server.url))


def answers(url):
    try:
        return get(f"{url}/health") == 200
    except httpx.TransportError:
        return False


def test_the_database_is_seen(tmp_path, database):
    with serving(tmp_path, DATABASE_URL=database.url, FRING_POOL_SIZE="4") as server:
        body = {"username": "ann", "email": "ann@example.org"}
        for expected in (201, 400):
            made = httpx.post(f"{server.url}/api/v1/users", json=body, verify=False)
            assert made.status_code == expected
        await_condition(lambda: numbers(server.url)["fring_pool_connections_open",] == 4)
        await_condition(lambda: numbers(server.url)["fring_database_seconds_total",] > 0)
        assert numbers(server.url)["fring_pool_callers_waiting",] == 0
        assert numbers(server.url)["fring_statements_total", ("calls", "1")] > 0
        execute(database.url, "ALTER TABLE tasks RENAME TO others")
        assert get(f"{server.url}/api/v1/tasks") == 503
        key = ("fring_database_errors_total", ("sqlstate_class", "42"))
        await_condition(lambda: numbers(server.url).get(key) == 1)
        database.stop()
        await_condition(lambda: get(f"{server.url}/api/v1/users") == 503)
        assert numbers(server.url)["fring_unavailable_requests_total",] >= 2
        await_condition(lambda: numbers(server.url)["fring_pool_connection_errors_total",] > 0)
        database.start()


def test_they_may_have_a_port_of_their_own(tmp_path):
    port = free_port()
    more = {"FRING_METRICS_PORT": str(port), "FRING_AUTH": "secret"}
    more |= {"BETTER_AUTH_SECRET": "s" * 40, "DATABASE_URL": "memory://"}
    with serving(tmp_path, **more) as server:
        assert get(f"{server.url}/metrics") == 404
        assert count(numbers(f"http://127.0.0.1:{port}"), "none", "none", "4xx") == 1
        assert get(f"http://127.0.0.1:{port}/api/v1/tasks") == 404
        assert f"http://127.0.0.1:{port}/metrics" in server.log.read_text()


@pytest.mark.parametrize(
    ("settings", "given", "status"),
    [
        ({}, None, 200),
        ({"FRING_METRICS_TOKEN": "hush"}, None, 401),
        ({"FRING_METRICS_TOKEN": "hush"}, "hus", 401),
        ({"FRING_METRICS_TOKEN": "hush"}, "hush", 200),
        ({"BETTER_AUTH_SECRET": "s" * 40}, None, 401),
        ({"BETTER_AUTH_SECRET": "s" * 40}, "-", 401),
        ({"BETTER_AUTH_SECRET": "s" * 40, "FRING_METRICS_TOKEN": "hush"}, "hush", 200),
        ({"FRING_METRICS": "off"}, None, 404),
    ],
)
def test_who_may_see_them(settings, given, status):
    headers = {} if given is None else {"authorization": f"Bearer {given}"}
    app: Any = create(Settings.from_mapping({"DATABASE_URL": "memory://"} | settings))
    with TestClient(app, base_url="http://shop.localhost") as client:
        answer = client.get("/metrics", headers=headers)
        assert answer.status_code == status
        assert answer.headers["x-request-id"]
        if status == 401:
            assert "FRING_METRICS_TOKEN" in answer.json()["detail"]
            assert answer.headers["www-authenticate"] == "Bearer"
        if status == 200:
            assert client.head("/metrics", headers=headers).content == b""
            refused = client.post("/metrics")
            assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")
