"""What the log says, and that whatever a request says, it writes no line of it."""

import io
import json
import logging
import os
import re
import select
import subprocess
import sys
import time
from typing import Any

import httpx
import jwt
import msgspec
import pytest
from litestar.testing import TestClient

from fring_adapters.clock import utc_now
from fring_adapters.identity import SecretTokens
from fring_adapters.memory import MemoryStore
from fring_core import Fring, StoreUnavailable
from fring_http.api.app import create_app
from fring_http.api.door.outages import Outages
from fring_http.api.exchanges import Exchange
from fring_http.server.telling import lines as telling_lines
from fring_http.server.telling.formats import formatter
from fring_http.server.telling.lines import Lines
from tests.http.test_auth_cli import run  # noqa: F401  # a fixture
from tests.http.tokens import SECRET, bearer, token
from tests.serving import await_condition, serving

FORGED = (
    "x\r\nERROR fring: forged\x1b[2K\x85ERROR fring: forged\u2028ERROR fring: forged\v\f\0\u202e"
)
ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
RECORD = re.compile(r"    |\d{4}-\d\d-\d\dT\S+Z \[(debug|info|warning|error) *\] ")


def records(server):
    """Return the records in a server's log, which is there some moments after an answer."""
    time.sleep(0.2)
    found = [line for line in server.log.read_text().splitlines() if line.startswith("{")]
    return [json.loads(line) for line in found]


@pytest.fixture(params=["pretty", "json"])
def lines(request):
    """Log as the server does, and give a function that returns what was written, line by line."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter(pretty=request.param == "pretty"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel("DEBUG")
    yield lambda: stream.getvalue().split("\n")[:-1]
    root.removeHandler(handler)
    root.setLevel(level)


def check_lines(written):
    """Assert that nothing but records begins a line, and that nothing unseen is in one."""
    assert written
    for line in written:
        assert line.isprintable(), line
        assert line.startswith("{") or RECORD.match(line), line
        if line.startswith("{"):
            json.loads(line)


def calling(fring, **more):
    app: Any = create_app(fring, **more)
    return TestClient(app)


def test_a_record_is_a_line(lines):
    for text in (FORGED, *ENDS, "ordinary é 😀"):
        logging.getLogger("fring.test").warning("It said: %s", text)
    written = lines()
    check_lines(written)
    assert len(written) == len(ENDS) + 2
    assert "It said: x\\r\\nERROR fring: forged" in written[0]
    *_, last = written
    said = json.loads(last)["event"] if last.startswith("{") else last
    assert "It said: ordinary é 😀" in said


@pytest.mark.parametrize("pretty", [True, False])
def test_half_a_character_is_no_obstacle(pretty):
    # Not logged: pytest-xdist, which sends along what tests log, could not send it.
    record = logging.makeLogRecord({"name": "fring.test", "levelname": "INFO", "msg": "\ud800"})
    assert "\\ud800" in formatter(pretty=pretty).format(record)


def test_a_traceback_begins_no_line(lines):
    try:
        raise ValueError(FORGED)
    except ValueError:
        logging.getLogger("fring.test").exception("It failed")
    written = lines()
    check_lines(written)
    assert any("Traceback (most recent call last):" in line for line in written)
    assert any("ValueError: x" in line for line in written)


def test_what_a_request_says_is_one_line(lines):
    class Broken:
        def __getattr__(self, name):
            raise StoreUnavailable(FORGED) if name == "tasks" else ValueError(FORGED)

    fring = Fring(Broken(), clock=utc_now)
    forged = jwt.encode({"sub": "a"}, SECRET, "HS256", headers={"crit": [FORGED], "kid": FORGED})
    odd = "/api/a%0AERROR%20fring:%20forged/tasks"
    with calling(fring) as client:
        assert client.get("/api/v1/tasks").status_code == 503
        assert client.get("/api/v1/users").status_code == 500
        assert client.get(odd).status_code == 503
    with calling(fring, tokens=SecretTokens(SECRET)) as client:
        assert client.get(odd, headers=bearer(forged)).status_code == 401
        assert client.get("/api/v1/users", headers=bearer(token())).status_code == 500
    check_lines(lines())


def test_a_reason_is_one_line_for_whoever_logs_it(caplog):
    """An application of somebody else's has a format of its own."""
    header = {"crit": [FORGED]}
    with (
        calling(Fring(MemoryStore(), clock=utc_now), tokens=SecretTokens(SECRET)) as c,
        caplog.at_level("INFO", "fring.security"),
    ):
        c.get("/api/v1/tasks", headers=bearer(jwt.encode({}, SECRET, headers=header)))
    [record] = [each for each in caplog.records if each.name == "fring.security"]
    assert "forged" in record.getMessage()
    assert record.getMessage().isprintable()


@pytest.mark.parametrize("secured", ["memory"], indirect=True)
def test_the_server_logs_so(secured):
    forged = jwt.encode({"sub": "a"}, SECRET, "HS256", headers={"crit": [FORGED]})
    answer = httpx.get(f"{secured.url}/api/a/tasks", headers=bearer(forged), verify=False)
    assert answer.status_code == 401
    mine = answer.headers["x-request-id"]
    told, request = [each for each in records(secured) if each.get("request_id") == mine]
    assert "forged" in told["event"]
    assert (told["logger"], request["status"]) == ("fring.security", 401)


def test_a_token_is_read_from_the_input_and_explained_on_a_line(run, monkeypatch):  # noqa: F811
    monkeypatch.setattr("sys.stdin", io.StringIO(f"Bearer {token()}\n"))
    code, out, _ = run("auth", "explain", "-")
    assert (code, "'alice'" in out) == (0, True)
    forged = jwt.encode({}, SECRET, headers={"crit": [FORGED]})
    monkeypatch.setattr("sys.stdin", io.StringIO(forged))
    code, _, err = run("auth", "explain", "-")
    assert (code, len(err.splitlines())) == (1, 1)
    assert err.strip().isprintable()


def test_each_request_is_a_line_with_its_route_and_without_what_it_said(secured, account):
    hush = f"?hush={account['password']}"
    with httpx.Client(base_url=secured.url, verify=False) as caller:
        assert caller.post("/api/v1/auth/register", json=account).status_code == 201
        login = {"username": account["username"], "password": account["password"]}
        entered = caller.post("/api/v1/auth/login", json=login).json()
        own = bearer(entered["access_token"])
        wrong = login | {"password": "not this one"}
        assert caller.post("/api/v1/auth/login", json=wrong).status_code == 401
        ids = {
            name: caller.request(*what, headers=own).headers["x-request-id"]
            for name, what in {
                "list": ("GET", f"/api/v1/tasks{hush}"),
                "one": ("GET", "/api/v1/tasks/999999"),
                "own": ("GET", f"/api/{entered['user_id']}/tasks"),
                "forbidden": ("DELETE", "/api/v1/users/999999"),
                "nowhere": ("GET", "/api/v1/nowhere"),
                "method": ("PATCH", "/api/v1/users"),
                "health": ("GET", "/health/ready"),
            }.items()
        }
    every = records(secured)
    requests = {each["request_id"]: each for each in every if each["event"] == "request"}
    assert ids.pop("health") not in requests
    told = {name: requests[one] for name, one in ids.items()}
    assert told["list"] | {"time": "", "ms": 0} == {
        "time": "", "level": "info", "event": "request", "method": "GET", "route": "/api/v1/tasks",
        "status": 200, "ms": 0, "bytes": told["list"]["bytes"], "request_id": ids["list"],
        "client": "127.0.0.1", "caller": str(entered["user_id"]),
    }  # fmt: skip
    shown = {name: (each["route"], each["status"]) for name, each in told.items()}
    assert shown == {
        "list": ("/api/v1/tasks", 200),
        "one": ("/api/v1/tasks/{task_id}", 400),
        "own": ("/api/{user_id}/tasks", 200),
        "forbidden": ("/api/v1/users/{user_id}", 403),
        "nowhere": (None, 404),
        "method": (None, 405),
    }
    security = [each["event"] for each in every if each.get("logger") == "fring.security"]
    for words in ("registered: user", "signed in: user", "refused, 401: ", "refused, 403: "):
        assert any(each.startswith(words) for each in security), words
    written = secured.log.read_text()
    assert account["password"] not in written
    assert "hush" not in written
    assert entered["access_token"] not in written


@pytest.mark.parametrize(
    ("given", "is_taken"),
    [
        ("mine-1", True), ("!" * 128, True), ("~{}\"'\\", True),
        ("x" * 129, False), ("a b", False), ("", False), ("é", False), ("a\tb", False),
    ],
)  # fmt: skip
def test_an_id_is_taken_along_if_it_can_be_seen(client, given, is_taken):
    header = {"x-request-id": given.encode("latin-1")}
    answer = client.get("/api/v1/nowhere", headers=header)
    assert (answer.headers["x-request-id"] == given) is is_taken
    assert re.fullmatch("[!-~]{1,128}", answer.headers["x-request-id"])


def test_each_answer_has_an_id_of_its_own_whoever_gives_it(memory_server):
    url = memory_server.url
    with httpx.Client(base_url=url, verify=False) as caller:
        answers = [
            caller.get("/health"),
            caller.get("/docs"),
            caller.get("/metrics"),
            caller.get("/api/v1/tasks", headers={"host": "evil.example"}),
            caller.post("/api/v1/tasks", json={}),
            caller.post("/api/v1/tasks", json={}, headers={"origin": "http://evil.example"}),
            caller.options("/api/v1/tasks"),
            caller.get("/api//v1"),
        ]
    ids = [each.headers["x-request-id"] for each in answers]
    assert [each.status_code for each in answers] == [200, 200, 200, 421, 422, 403, 204, 404]
    assert len(set(ids)) == len(answers)


def test_a_trace_is_taken_along(memory_server):
    trace = "0af7651916cd43dd8448eb211c80319c"
    header = {"traceparent": f"00-{trace}-b7ad6b7169203331-01", "x-request-id": "traced"}
    httpx.get(f"{memory_server.url}/api/v1/tasks", headers=header, verify=False)
    [told] = [each for each in records(memory_server) if each.get("request_id") == "traced"]
    assert told["trace_id"] == trace


def test_only_a_trusted_proxy_is_believed(tmp_path):
    forwarded = {
        "one": ({"x-forwarded-for": "192.0.2.7"}, "192.0.2.7"),
        "two": ({"x-forwarded-for": "198.51.100.1, 192.0.2.7, 10.1.2.3"}, "192.0.2.7"),
        "port": ({"x-forwarded-for": "[2001:db8::1]:4711"}, "2001:db8::1"),
        "rfc": ({"forwarded": 'for="[2001:db8::2]:1";proto=https;by=x'}, "2001:db8::2"),
        "none": ({"forwarded": "for=unknown"}, "127.0.0.1"),
        "zone": ({"x-forwarded-for": "fe80::1%evil x"}, "fe80::1"),
        "junk": ({"x-forwarded-for": "x\t;<script>"}, "127.0.0.1"),
        "nobody": ({}, "127.0.0.1"),
    }
    trusted = {"FRING_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8", "DATABASE_URL": "memory://"}
    with serving(tmp_path, **trusted) as server:
        for name, (headers, _) in forwarded.items():
            more = {**headers, "x-request-id": name}
            assert httpx.get(f"{server.url}/api/v1", headers=more, verify=False).is_success
        page = {"origin": "https://app.example", "x-forwarded-for": "192.0.2.7"}
        page |= {"x-forwarded-proto": "https", "x-forwarded-host": "app.example"}
        body = {"title": "from its own page"}
        refused = httpx.post(f"{server.url}/api/v1/tasks", json=body, headers=page, verify=False)
        assert refused.status_code == 421, "it came under a name that nobody has allowed"
        told = {each["request_id"]: each["client"] for each in records(server)}
    assert {name: told[name] for name in forwarded} == {
        name: client for name, (_, client) in forwarded.items()
    }


def test_anybody_else_is_not(memory_server):
    header = {"x-forwarded-for": "192.0.2.7", "x-request-id": "forged"}
    httpx.get(f"{memory_server.url}/api/v1", headers=header, verify=False)
    [told] = [each for each in records(memory_server) if each.get("request_id") == "forged"]
    assert told["client"] == "127.0.0.1"


def test_an_outage_is_a_line_at_its_begin_one_a_minute_and_one_at_its_end(caplog):
    now = 0.0
    outages = Outages(lambda: now)

    def ends(**what):
        told = Exchange(method="GET", client="", id="1", is_work=True, status=200)
        outages(msgspec.structs.replace(told, **what))

    for second in range(150):
        now = float(second)
        ends(unavailable="it is away", status=503)
        ends(unavailable="it is away", status=503)
        ends(is_work=False)  # health goes on
        ends()  # some are answered, in an overload
    now = 150.5
    ends(status=404)
    assert [each.getMessage() for each in caplog.records] == [
        "unavailable, requests are refused with 503: it is away",
        "unavailable still; requests that were refused: 121; it is away",
        "unavailable still; requests that were refused: 241; it is away",
    ]
    caplog.clear()
    ends()
    ends()
    now = 200.0
    ends(unavailable="again", status=503)
    assert [each.getMessage() for each in caplog.records] == [
        "available again after 150 s; requests that were refused: 300",
        "unavailable, requests are refused with 503: again",
    ]


def test_nobody_waits_for_whoever_does_not_read_the_log(caplog):
    reader, writer = os.pipe()
    told = Lines(writer)
    began = time.monotonic()
    for number in range(30_000):
        told.write(b"%099d\n" % number)
    told.end()
    assert time.monotonic() - began < 10
    read = b""
    while select.select([reader], [], [], 1)[0]:
        read += os.read(reader, 2**20)
    await_condition(lambda: caplog.messages)
    lost = int(caplog.messages[0].rpartition(" ")[2])
    assert caplog.messages[0] == f"lines that nobody read in time, and are lost: {lost}"
    assert [int(each) for each in read.splitlines()] == list(range(30_000 - lost)), "in order"
    assert lost > 0
    os.close(reader)
    told.write(b"nobody is there\n")
    told.end()
    os.close(writer)


def test_the_lines_of_two_processes_do_not_mix():
    code = (
        f"from {telling_lines.__name__} import Lines; lines = Lines(1)\n"
        "for number in range(3000): lines.write(b'%d' * 200 % ((number % 10,) * 200) + b'\\n')\n"
        "lines.end()"
    )
    reader, writer = os.pipe()
    both = [subprocess.Popen([sys.executable, "-c", code], stdout=writer) for _ in range(2)]
    os.close(writer)
    read = b""
    while more := os.read(reader, 3000):  # slowly, so that the pipe is full
        read += more
        time.sleep(0.001)
    os.close(reader)
    assert [process.wait() for process in both] == [0, 0]
    lines = read.splitlines()
    assert len(lines) == 6000
    assert all(len(line) == 200 and len(set(line)) == 1 for line in lines)


def test_what_was_logged_last_is_written_before_the_end():
    code = f"from {telling_lines.__name__} import Lines; lines = Lines(); lines.write(b'last words\\n')"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert ended.stderr == b"last words\n"
