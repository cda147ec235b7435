"""Whatever a request says, it writes no line of the log."""

import io
import logging
import re
from typing import Any

import httpx
import jwt
import pytest
from litestar.testing import TestClient

from fring_adapters.clock import utc_now
from fring_adapters.identity import SecretTokens
from fring_adapters.memory import MemoryStore
from fring_core import Fring, StoreUnavailable
from fring_http.api.app import create_app
from fring_http.server.logs import FORMAT, OneLine
from tests.http.test_auth_cli import run  # noqa: F401  # a fixture
from tests.http.tokens import SECRET, bearer, token

FORGED = (
    "x\r\nERROR fring: forged\x1b[2K\x85ERROR fring: forged\u2028ERROR fring: forged\v\f\0\u202e"
)
ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"


@pytest.fixture
def lines():
    """Log as the server does, and give a function that returns what was written, line by line."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(OneLine(FORMAT))
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
        assert re.match(r"    |[A-Z]+ fring\.(http|test): (?!forged)", line), line


def calling(fring, **more):
    app: Any = create_app(fring, **more)
    return TestClient(app)


def test_a_record_is_a_line(lines):
    for text in (FORGED, *ENDS, "ordinary é 😀"):
        logging.getLogger("fring.test").warning("It said: %s", text)
    written = lines()
    check_lines(written)
    assert len(written) == len(ENDS) + 2
    assert written[0].startswith("WARNING fring.test: It said: x\\r\\nERROR fring: forged\\x1b[2K")
    assert written[-1].endswith("It said: ordinary é 😀")


def test_half_a_character_is_no_obstacle():
    # Not logged: pytest-xdist, which sends along what tests log, could not send it.
    record = logging.makeLogRecord({"name": "fring.test", "levelname": "INFO", "msg": "\ud800"})
    assert OneLine(FORMAT).format(record) == "INFO fring.test: \\ud800"


def test_a_traceback_is_indented(lines):
    try:
        raise ValueError(FORGED)
    except ValueError:
        logging.getLogger("fring.test").exception("It failed")
    written = lines()
    check_lines(written)
    assert written[1] == "    Traceback (most recent call last):"
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
    check_lines([line for line in lines() if not line.startswith(("DEBUG asyncio", "INFO httpx"))])


def test_a_reason_is_one_line_for_whoever_logs_it(caplog):
    """An application of somebody else's has a format of its own."""
    header = {"crit": [FORGED]}
    with (
        calling(Fring(MemoryStore(), clock=utc_now), tokens=SecretTokens(SECRET)) as c,
        caplog.at_level("INFO", "fring.http"),
    ):
        c.get("/api/v1/tasks", headers=bearer(jwt.encode({}, SECRET, headers=header)))
    [record] = [each for each in caplog.records if each.name == "fring.http"]
    assert "forged" in record.getMessage()
    assert record.getMessage().isprintable()


@pytest.mark.parametrize("secured", ["memory"], indirect=True)
def test_the_server_logs_so(secured):
    forged = jwt.encode({"sub": "a"}, SECRET, "HS256", headers={"crit": [FORGED]})
    answer = httpx.get(f"{secured.url}/api/a/tasks", headers=bearer(forged), verify=False)
    assert answer.status_code == 401
    written = secured.log.read_text()
    assert "\\nERROR fring: forged" in written
    assert not any(line.startswith("ERROR fring: forged") for line in written.splitlines())


def test_a_token_is_read_from_the_input_and_explained_on_a_line(run, monkeypatch):  # noqa: F811
    monkeypatch.setattr("sys.stdin", io.StringIO(f"Bearer {token()}\n"))
    code, out, _ = run("auth", "explain", "-")
    assert (code, "'alice'" in out) == (0, True)
    forged = jwt.encode({}, SECRET, headers={"crit": [FORGED]})
    monkeypatch.setattr("sys.stdin", io.StringIO(forged))
    code, _, err = run("auth", "explain", "-")
    assert (code, len(err.splitlines())) == (1, 1)
    assert err.strip().isprintable()
