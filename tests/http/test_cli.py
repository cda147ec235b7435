"""The command as a new user meets it: a database of its own, and plain words when it cannot."""

import os
import signal
import subprocess
import sys

import httpx
import psutil
import pytest

from fring_adapters.postgres import prepare
from tests.serving import DEADLINE, fring, serving
from tests.stores.older import execute


def test_the_embedded_database_keeps_its_data(tmp_path):
    task = {"title": "kept"}
    with serving(tmp_path) as server:
        answer = httpx.post(f"{server.url}/api/v1/tasks/", json=task, verify=False)
        assert answer.status_code == 201
        assert str(tmp_path / ".fring" / "postgres") in server.log.read_text()
    assert not (tmp_path / ".fring" / "postgres" / "postmaster.pid").exists()
    with serving(tmp_path) as server:
        [found] = httpx.get(f"{server.url}/api/v1/tasks/", verify=False).json()
        assert found["title"] == "kept"


def test_a_database_left_behind_by_a_killed_server_is_stopped_by_the_next(tmp_path):
    pid_file = tmp_path / ".fring" / "postgres" / "postmaster.pid"
    with pytest.raises(AssertionError), serving(tmp_path) as server:
        main = psutil.Process(server.process.pid)
        for each in (main, *main.children()):
            each.kill()
        server.process.wait()
    assert pid_file.exists()
    with serving(tmp_path):
        pass
    assert not pid_file.exists()


def test_it_is_interrupted_from_the_keyboard_without_a_traceback(tmp_path):
    with serving(tmp_path, DATABASE_URL="memory://") as server:
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(DEADLINE) == 0


def test_several_workers_share_the_database(tmp_path, new_database):
    url = new_database()
    more = {"WORKERS": "2", "FRING_SCHEMA": "fring"}
    with serving(tmp_path, DATABASE_URL=url, **more) as server:
        for number in range(8):  # a connection each, so that both workers are met
            body = {"title": f"task {number}"}
            answer = httpx.post(f"{server.url}/api/v1/tasks/", json=body, verify=False)
            assert answer.status_code == 201
        assert len(httpx.get(f"{server.url}/api/v1/tasks/", verify=False).json()) == 8
    assert execute(url, "SELECT count(*) FROM fring.tasks").fetchone() == (8,)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"PORT": "no"}, "PORT=no cannot be used: must be a whole number from 1 to 65535"),
        ({"DATABASE_URL": "mysql://db/x"}, "begins with postgresql://"),
        ({"DATABASE_URL": "memory://", "WORKERS": "2"}, "memory:// needs WORKERS=1"),
        ({"FRING_SCHEMA": "pg_fring"}, "schema 'pg_fring' is PostgreSQL's own"),
        ({"HOST": "nope.invalid", "FRING_AUTH": "off"}, "HOST is no name that is known here"),
        ({"HOST": "192.0.2.1", "FRING_AUTH": "off"}, "Cannot listen on 192.0.2.1:"),
    ],
)
def test_what_cannot_be_served_is_said_in_a_line(tmp_path, settings, words):
    ended = fring(tmp_path, "serve", **settings)
    assert ended.returncode == 1
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr + ended.stdout
    assert "secret" not in ended.stderr + ended.stdout


def test_all_faults_are_said_at_once(tmp_path):
    (tmp_path / ".env").write_text("FRING_POOL_SIZE=-1\n")
    ended = fring(tmp_path, "serve", PORT="abc", LOG_LEVEL="erro")
    assert ended.returncode == 1
    levels = "debug, info, warning, error, critical; did you mean error?"
    assert ended.stderr.splitlines() == [
        "fring: PORT=abc cannot be used: must be a whole number from 1 to 65535",
        "fring: FRING_POOL_SIZE=-1 cannot be used: must be a whole number from 1 to 1000",
        f"fring: LOG_LEVEL=erro cannot be used: must be one of {levels}",
    ]


def test_so_is_all_that_does_not_go_together(tmp_path):
    url = "memory://"
    more = {"WORKERS": "2", "FRING_POOL_SIZ": "9", "BETTER_AUTH_SECRET": "hush"}
    ended = fring(tmp_path, "serve", DATABASE_URL=url, **more)
    stray, workers, secret = ended.stderr.splitlines()
    assert stray.endswith("did you mean FRING_POOL_SIZE?")
    assert "WORKERS=1" in workers
    assert "openssl rand" in secret
    assert "hush" not in ended.stderr
    more = {"DATABASE_URL": "mysql://x", "FRING_AUTH": "secret"}
    secret, url = fring(tmp_path, "serve", **more).stderr.splitlines()
    assert "needs BETTER_AUTH_SECRET; `openssl" in secret
    assert "begins with postgresql://" in url


def test_a_port_in_use_names_another(tmp_path, memory_server):
    port = memory_server.port
    ended = fring(tmp_path, "serve", DATABASE_URL="memory://", PORT=str(port))
    (line,) = ended.stderr.splitlines()
    way_out = (
        f"Address already in use; end what listens there, or set another port: PORT={port + 1}"
    )
    assert line == f"fring: Cannot listen on 127.0.0.1:{port}: {way_out}"


def test_upgrade_sets_up_an_empty_database(tmp_path, new_database):
    url = new_database()
    ended = fring(tmp_path, "db", "upgrade", DATABASE_URL=url)
    assert ended.returncode == 0, ended.stderr
    assert f"revision {prepare(url)}" in ended.stdout


def test_the_version_is_the_packages(tmp_path):
    assert fring(tmp_path, "--version").stdout.startswith("fring 1.")


def test_a_worker_of_another_server_needs_a_database(tmp_path):
    code = "from fring_http.server.composition import create; create()"
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env={k: v for k, v in os.environ.items() if k != "DATABASE_URL"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert "DATABASE_URL is not set; `fring serve` brings" in ended.stderr
