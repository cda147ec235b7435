"""`fring doctor` on set-ups that are broken, one way each: it names the fault and its remedy."""

import json
import re
import socket
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import psycopg
import pytest

from benchmarks.ports import free_port
from fring_adapters.postgres import downgrade, prepare
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_http.server.command.cli import main
from fring_http.server.doctor import callers, machine
from fring_http.server.doctor.database import clock
from fring_http.server.doctor.findings import State
from tests.http.tokens import SECRET
from tests.stores.older import execute

ABSENT = "postgresql://ann:hush@127.0.0.1:1/fring"


@pytest.fixture
def examine(run, monkeypatch):
    """Give a function that runs the doctor; return its exit code, and findings by what they are about."""
    monkeypatch.setenv("PORT", str(free_port()))

    def examine(**settings):
        code, out, err = run("doctor", "--json", **settings)
        assert err == ""
        assert "hush" not in out
        every = json.loads(out)
        assert code == int(any(each["state"] == "fail" for each in every))
        # The databases of the tests are thrown away, and do without.
        unsafe = [each for each in every if "fsync is off" in each["found"]]
        assert all(each["state"] == "fail" and "fsync=on" in each["remedy"] for each in unsafe)
        found: dict[str, Any] = {}
        for each in every:
            if each not in unsafe:
                found.setdefault(each["about"], each)
        return int(any(each["state"] == "fail" for each in found.values())), found

    return examine


@contextmanager
def issuer(status, body):
    class Answering(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/keys"
        server.shutdown()


def with_role(url, rights):
    """Return the URL of a database for a new role that has nothing but these rights."""
    role = f"role_{free_port()}"
    execute(url, f"CREATE ROLE {role} LOGIN")
    for right in rights:
        execute(url, right.format(role))
    return url.replace("postgresql://postgres@", f"postgresql://{role}@"), role


def test_what_is_in_order_is_said_to_be(examine, new_database):
    url = new_database()
    prepare(url)
    settings = {"DATABASE_URL": url, "BETTER_AUTH_SECRET": SECRET}
    code, found = examine(**settings)
    assert code == 0
    assert {each["state"] for each in found.values()} == {"ok"}
    assert set(found) == {
        "settings", "database", "tables", "rights", "pool", "feed", "database's clock", "authentication",
        "pages", "port", "descriptors",
    }  # fmt: skip
    assert re.search(r"FRING_POOL_SIZE may be \d+$", found["pool"]["found"])


def test_an_empty_database_and_none_yet_are_in_order(examine, new_database, tmp_path):
    code, found = examine()
    assert (code, found["database"]["state"], found["disk"]["state"]) == (0, "ok", "ok")
    assert "at the first start" in found["database"]["found"]
    assert not (tmp_path / ".fring").exists(), "the doctor changes nothing"
    url = new_database()
    code, found = examine(DATABASE_URL=url, FRING_SCHEMA="fring")
    assert (code, found["tables"]["state"]) == (0, "ok")
    assert execute(url, "SELECT count(*) FROM pg_namespace WHERE nspname = 'fring'").fetchone() == (
        0,
    )


SETTINGS_THAT_ARE_WRONG = {
    "a value": ({"PORT": "abc"}, "fail", "PORT=abc cannot be used", "fring config show"),
    "a name": ({"FRING_POOLSIZE": "9"}, "warn", "FRING_POOLSIZE is no setting", "FRING_POOL_SIZE"),
    "a short secret": ({"BETTER_AUTH_SECRET": "hush"}, "fail", "at least 32 bytes", "openssl"),
    "two modes": (
        {"BETTER_AUTH_SECRET": SECRET, "FRING_JWKS_URL": "https://a.example/keys"},
        "fail", "are both set", "FRING_AUTH",
    ),
    "open to others": ({"HOST": "0.0.0.0"}, "fail", "lets other machines in", "BETTER_AUTH_SECRET"),
    "production": ({"ENVIRONMENT": "production"}, "fail", "In production", "BETTER_AUTH_SECRET"),
    "memory": ({"WORKERS": "2"}, "fail", "data of its own", "WORKERS=1"),
    "a URL": ({"DATABASE_URL": "mysql://hush@db/x"}, "fail", "begins with postgresql://", "show"),
}  # fmt: skip


@pytest.mark.parametrize("case", SETTINGS_THAT_ARE_WRONG)
def test_settings(examine, case):
    settings, state, words, remedy = SETTINGS_THAT_ARE_WRONG[case]
    code, found = examine(**{"DATABASE_URL": "memory://"} | settings)
    assert (code, found["settings"]["state"]) == (int(state == "fail"), state)
    told = found["settings"]["found"] + found["settings"]["remedy"]
    assert words in told
    assert remedy in told


def check(found, about, state, words, remedy):
    one = found[about]
    assert one["state"] == state, one
    assert words in one["found"], one
    assert remedy in one["remedy"], one


def test_a_database_that_cannot_be_reached(examine):
    code, found = examine(DATABASE_URL=ABSENT)
    assert code == 1
    check(found, "database", "fail", "Connection refused", "DATABASE_URL")


def test_a_database_that_is_not_there(examine, new_database):
    url = new_database()
    name = url.partition("@/")[2].partition("?")[0]
    code, found = examine(DATABASE_URL=url.replace(name, "absent"))
    assert code == 1
    check(found, "database", "fail", "does not exist", "DATABASE_URL")


def test_older_tables(examine, new_database):
    url = new_database()
    downgrade_from = prepare(url)
    downgrade(url, "0003")
    code, found = examine(DATABASE_URL=url)
    assert code == 1
    check(
        found,
        "tables",
        "fail",
        f"revision 0003, and this version's are of {downgrade_from}",
        "db upgrade",
    )


def test_newer_tables(examine, new_database):
    url = new_database()
    prepare(url)
    execute(url, "UPDATE fring_version SET version_num = '9999'")
    code, found = examine(DATABASE_URL=url)
    assert code == 1
    check(found, "tables", "fail", "newer Fring (revision 9999)", "")


def test_tables_of_others(examine, new_database):
    url = new_database()
    execute(url, "CREATE TABLE tasks (x int)")
    code, found = examine(DATABASE_URL=url)
    assert code == 1
    check(found, "tables", "fail", "not Fring's: tasks", "of Fring's own")


def test_a_role_that_may_not_create_tables(examine, new_database):
    url, role = with_role(new_database(), [])
    code, found = examine(DATABASE_URL=url)
    assert code == 1
    check(found, "rights", "fail", f"role {role} may not create tables", "GRANT CREATE, USAGE")


def test_a_role_that_may_not_write(examine, new_database):
    url = new_database()
    prepare(url)
    reading = ["GRANT SELECT ON ALL TABLES IN SCHEMA public TO {}"]
    code, found = examine(DATABASE_URL=with_role(url, reading)[0])
    assert code == 1
    check(found, "rights", "fail", "INSERT on public.tasks", "GRANT it")


def test_a_pool_that_is_too_large(examine, new_database):
    url = new_database()
    code, found = examine(DATABASE_URL=url, WORKERS="4", FRING_POOL_SIZE="100")
    assert code == 1
    check(found, "pool", "fail", "4 x (100 + 0) = 400 connections are wanted", "FRING_POOL_SIZE=")
    advised = int(re.findall(r"FRING_POOL_SIZE=(\d+)", found["pool"]["remedy"])[0])
    code, found = examine(FRING_POOL_SIZE=str(advised))
    assert found["pool"]["state"] == "ok"
    url, _ = with_role(
        url, ["ALTER ROLE {} CONNECTION LIMIT 3", "GRANT CREATE ON SCHEMA public TO {}"]
    )
    code, found = examine(DATABASE_URL=url)
    check(found, "pool", "fail", "3 may be had", "FRING_POOL_SIZE=1 ")


def test_a_database_that_only_reads(examine, new_database):
    url = new_database()
    prepare(url)
    reading = f"{url}&options=-c%20default_transaction_read_only%3Don"
    code, found = examine(DATABASE_URL=reading)
    assert code == 1
    check(found, "writes", "fail", "read-only", "primary")


def test_a_database_that_does_not_wait_for_its_disk(examine, new_database):
    url = new_database()
    prepare(url)
    code, found = examine(DATABASE_URL=f"{url}&options=-c%20synchronous_commit%3Doff")
    assert code == 0
    check(found, "writes", "warn", "loses the writes", "synchronous_commit = on")


def test_a_transaction_that_keeps_its_events(examine, new_database, monkeypatch):
    url = new_database()
    prepare(url)
    with psycopg.connect(to_conninfo(url)) as connection:
        connection.execute("INSERT INTO tasks (title) VALUES ('slow')")
        code, found = examine(DATABASE_URL=url)
        assert (code, found["feed"]["state"]) == (0, "ok")
        monkeypatch.setattr("fring_http.server.doctor.database.LONG", timedelta(0))
        code, found = examine()
        assert code == 0
        pid = connection.info.backend_pid
        check(found, "feed", "warn", f"process {pid} of", f"pg_terminate_backend({pid})")
    code, found = examine()
    assert found["feed"]["state"] == "ok"


def test_a_database_without_every_character(examine, new_database):
    url = new_database()
    name = f"ascii_{free_port()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            f"CREATE DATABASE {name} ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0".encode()
        )
    other = url.replace(url.partition("@/")[2].partition("?")[0], name)
    code, found = examine(DATABASE_URL=other)
    assert code == 1
    check(found, "tables", "fail", "stores text as SQL_ASCII", "of Fring's own")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name}".encode())


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (None, b"", "does not answer"),
        (500, b"{}", "gives no set of keys (status 500)"),
        (200, b"<html>", "gives no set of keys"),
        (200, b'{"keys": []}', "has no keys"),
        ("http://\u2603..example/keys", b"", "does not answer: InvalidURL"),
    ],
)
def test_an_issuer_without_keys(examine, status, body, words):
    odd = status if isinstance(status, str) else ""
    with issuer(200 if odd else status or 200, body) as url:
        where = url if status else f"http://ann:hush@127.0.0.1:{free_port()}/keys"
        where = odd or where
        code, found = examine(DATABASE_URL="memory://", FRING_JWKS_URL=where)
    assert code == 1
    check(found, "issuer", "fail", words, "FRING_JWKS_URL")


def test_an_issuer_with_keys(examine):
    with issuer(200, b'{"keys": [{"kid": "one"}]}') as url:
        code, found = examine(DATABASE_URL="memory://", FRING_JWKS_URL=url)
    assert (code, found["issuer"]["state"], found["issuer's clock"]["state"]) == (0, "ok", "ok")


def test_a_secret_that_is_easy_to_guess(examine):
    _, found = examine(DATABASE_URL="memory://", BETTER_AUTH_SECRET="a" * 32)
    check(found, "authentication", "warn", "easy to guess", "openssl")


def test_no_authentication(examine):
    _, found = examine(DATABASE_URL="memory://")
    check(found, "authentication", "warn", "it is off", "BETTER_AUTH_SECRET")


@pytest.mark.parametrize("origins", ["", "http://app.example"])
def test_pages_in_production(examine, origins):
    settings = {"ENVIRONMENT": "production", "BETTER_AUTH_SECRET": SECRET}
    _, found = examine(DATABASE_URL="memory://", CORS_ORIGINS=origins, **settings)
    check(found, "pages", "warn", origins or "of this machine", "CORS_ORIGINS")


def test_a_port_that_is_taken(examine):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        _, found = examine(DATABASE_URL="memory://", PORT=str(port))
    check(found, "port", "warn", f"127.0.0.1:{port} cannot be listened on", "another PORT")


def test_secrets_that_others_may_read(examine, tmp_path):
    secret, shared = tmp_path / "secret", tmp_path / ".env"
    secret.write_text(SECRET)
    shared.write_text(f"BETTER_AUTH_SECRET_FILE={secret}\n")
    shared.chmod(0o644)
    secret.chmod(0o640)
    _, found = examine(DATABASE_URL="memory://")
    check(found, "secrets", "warn", f"{secret} has a secret", f"chmod 600 {secret}")
    secret.chmod(0o600)
    _, found = examine()
    assert found["secrets"]["state"] == "ok"
    shared.write_text(f"BETTER_AUTH_SECRET={SECRET}\n")
    _, found = examine()
    check(found, "secrets", "warn", f"{shared} has a secret", f"chmod 600 {shared}")


@pytest.mark.parametrize(("name", "state"), [("SCARCE_BYTES", "warn"), ("TOO_FEW_BYTES", "fail")])
def test_a_disk_that_is_full(examine, monkeypatch, name, state):
    monkeypatch.setattr(machine, name, 2**80)
    code, found = examine()
    assert code == int(state == "fail")
    check(found, "disk", state, "GiB are free", "FRING_DATA_DIR")


@pytest.mark.parametrize(
    ("settings", "extra"),
    [
        ({"FRING_SERVER": "uvicorn"}, "uvicorn"),
        ({"FRING_TRACES": "http://127.0.0.1:4318"}, "tracing"),
        ({"SENTRY_DSN": "http://key@127.0.0.1/1"}, "sentry"),
        ({"DATABASE_URL": ""}, "embedded"),
    ],
)
def test_an_extra_that_is_missing(examine, monkeypatch, settings, extra):
    monkeypatch.setattr("fring_http.server.extras.find_spec", lambda _: None)
    code, found = examine(**{"DATABASE_URL": "memory://"} | settings)
    assert code == 1
    assert f"[server,{extra}]" in found["settings"]["found"]


@pytest.mark.parametrize(("seconds", "state"), [(0.1, State.OK), (-3, State.WARN), (9, State.WARN)])
def test_a_clock_that_goes_wrong(seconds, state):
    found = clock("a clock", timedelta(seconds=seconds))
    assert found.state is state
    assert f"{abs(seconds):.1f} s" in found.found


def test_a_line_each_for_people(examine, capsys):
    examine(DATABASE_URL="memory://")
    assert main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(re.match(r"(ok|warn|fail) +[a-z' ]+: ", line) for line in lines), lines


def test_it_waits_for_nobody_for_long():
    assert callers.ISSUER_SECONDS <= 5
