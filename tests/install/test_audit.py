"""What is known of the locked packages is asked in one request, and told."""

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from tests.install.locks import ALL, entries, version
from tools import audit

LOCK = "attrs==26.1.0 \\\n    --hash=sha256:aa\nold==1.0 ; python_version < '3.12' \\\n"


@contextmanager
def database(answer):
    """Serve an answer to every question; give the address, and what was asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", asked
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def lock(tmp_path):
    path = tmp_path / "requirements.lock"
    path.write_text(LOCK)
    return str(path)


def test_all_that_is_locked_is_asked():
    assert audit.pins([str(ALL)]) == sorted((entry.name, version(entry)) for entry in entries(ALL))


def test_a_known_fault_is_named(lock, capsys):
    with database(b'{"results": [{}, {"vulns": [{"id": "PYSEC-1"}, {"id": "GHSA-2"}]}]}') as (
        url,
        asked,
    ):
        assert audit.main([lock], url) == 1
    assert "old 1.0: PYSEC-1, GHSA-2\n" in capsys.readouterr().out
    (question,) = asked
    assert question["queries"][1] == {
        "package": {"ecosystem": "PyPI", "name": "old"},
        "version": "1.0",
    }


def test_no_known_fault_is_said(lock, capsys):
    with database(b'{"results": [{}, {}]}') as (url, _):
        assert audit.main([lock], url) == 0
    assert "asked about 2 packages, 0 have" in capsys.readouterr().out


@pytest.mark.parametrize("answer", [b"Sign in", b"{}", b'{"results": [{}]}'])
def test_what_is_no_such_database_was_not_asked(lock, capsys, answer):
    with database(answer) as (url, _):
        assert audit.main([lock], url) == 0
    assert "not asked about 2 packages" in capsys.readouterr().err


def test_no_network_is_said(lock, capsys):
    assert audit.main([lock], "http://127.0.0.1:9/") == 0
    assert "not asked about 2 packages" in capsys.readouterr().err
