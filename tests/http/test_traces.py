"""Traces and errors, as a collector and Sentry get them: without what callers have sent."""

import gzip
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import psycopg
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.serving import await_condition, serving

TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
def collector():
    """Take what is posted; give the URL, and the list of paths and bodies."""
    taken = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            taken.append((self.path, body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Taking) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", taken
        server.shutdown()


def value(attribute):
    return getattr(attribute.value, attribute.value.WhichOneof("value"))


def test_requests_and_statements_are_spans(tmp_path, new_database, collector):
    url, taken = collector
    settings = {
        "DATABASE_URL": new_database(),
        "FRING_TRACES": url,
        "OTEL_BSP_SCHEDULE_DELAY": "100",
    }
    body = {"username": "ann hush", "email": "hush@example.org"}
    header = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
    with serving(tmp_path, **settings) as server:
        made = httpx.post(f"{server.url}/api/v1/users", json=body, headers=header, verify=False)
        again = httpx.post(f"{server.url}/api/v1/users", json=body, verify=False)
        assert (made.status_code, again.status_code) == (201, 400)
        await_condition(lambda: len(taken) > 0)
    spans: dict[str, list[Any]] = {}
    names: set[str] = set()
    for path, sent in taken:
        assert path == "/v1/traces"
        assert b"hush" not in sent
        for group in ExportTraceServiceRequest.FromString(sent).resource_spans:
            names |= {
                value(each) for each in group.resource.attributes if each.key == "service.name"
            }
            for scope in group.scope_spans:
                for span in scope.spans:
                    spans.setdefault(span.trace_id.hex(), []).append(span)
    assert names == {"fring"}
    mine = {span.name: span for span in spans.pop(TRACE)}
    assert set(mine) == {"POST /api/v1/users", "INSERT users"}
    request, statement = mine["POST /api/v1/users"], mine["INSERT users"]
    assert statement.parent_span_id == request.span_id
    assert request.parent_span_id.hex() == "b7ad6b7169203331"
    told = {each.key: value(each) for each in request.attributes}
    assert told["http.route"] == "/api/v1/users"
    assert told["http.response.status_code"] == 201
    assert told["fring.request_id"] == made.headers["x-request-id"]
    assert {each.key for each in statement.attributes} == {
        "db.system.name", "db.operation.name", "db.collection.name",
    }  # fmt: skip
    # The log names a trace that began here.
    [other] = [name for name, of in spans.items() if any("POST" in span.name for span in of)]
    assert f'"trace_id":"{other}"' in server.log.read_text().replace('": "', '":"')


def test_a_collector_that_is_away_costs_nothing(tmp_path):
    settings = {"DATABASE_URL": "memory://", "FRING_TRACES": "http://127.0.0.1:9"}
    settings["OTEL_BSP_SCHEDULE_DELAY"] = "50"
    settings["OTEL_EXPORTER_OTLP_TIMEOUT"] = "1"
    header = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01", "tracestate": "evil hush!!=x"}
    with serving(tmp_path, **settings) as server:
        for _ in range(20):
            answer = httpx.get(f"{server.url}/api/v1/tasks", headers=header, verify=False)
            assert answer.status_code == 200
        await_condition(lambda: "takes no traces" in server.log.read_text())
        for _ in range(20):
            httpx.get(f"{server.url}/api/v1/tasks", verify=False)
        time.sleep(0.3)
        began = time.monotonic()
    assert time.monotonic() - began < 5
    written = server.log.read_text()
    assert written.count("takes no traces") == 1
    assert "hush" not in written


def test_errors_go_to_sentry_without_values(tmp_path, new_database, collector):
    url, taken = collector
    dsn = url.replace("http://", "http://key@") + "/1"
    database = new_database()
    # A row that no Fring reads.
    settings = {"DATABASE_URL": database, "SENTRY_DSN": dsn}
    with (
        pytest.raises(AssertionError, match="odd hush"),
        serving(tmp_path, **settings) as server,
    ):
        with psycopg.connect(database) as connection:
            connection.execute("ALTER TABLE tasks DROP CONSTRAINT ck_tasks_status")
            [(task,)] = connection.execute(
                "INSERT INTO tasks (owner, title, status) VALUES ('hush', 'hush', 'odd hush')"
                " RETURNING id"
            ).fetchall()
        made = httpx.get(f"{server.url}/api/hush/tasks/{task}", verify=False)  # a name in a path
        assert made.status_code == 500, made.text
        await_condition(lambda: any(b"exception" in sent for _, sent in taken))
    [(path, sent)] = [each for each in taken if b"exception" in each[1]]
    assert path == "/api/1/envelope/"
    event = json.loads(sent.splitlines()[2])
    assert event["tags"]["request_id"] == made.headers["x-request-id"]
    assert event["release"].startswith("fring@")
    assert b"hush" not in sent
    assert b'"vars"' not in sent
    assert b"rows.py" in sent, "it tells where"
