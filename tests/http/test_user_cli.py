"""The `fring user` command: on every database, beside a server or without one."""

import io
import os
import pty
import re
import select
import signal
import sys
from contextlib import suppress

import httpx
import psycopg
import pytest

from fring_http.server.command.cli import main
from tests.http.test_auth_cli import run as in_secret_mode
from tests.http.tokens import SECRET, bearer
from tests.serving import DEADLINE, environment, fring, serving

LOGIN, ME, USERS = "/api/v1/auth/login", "/api/v1/auth/me", "/api/v1/users"
PASSWORD, NEW = "correct horse", "battery staple"
ANN = ("ann", "--email", "ann@example.org")
run = in_secret_mode


@pytest.fixture
def act(run, monkeypatch, new_database):
    """Give a function that runs `fring user` on a database of its own, with this input."""
    monkeypatch.setenv("DATABASE_URL", new_database())

    def act(*arguments, said=""):
        given = said if isinstance(said, bytes) else said.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        return run("user", *arguments)

    return act


def test_the_first_admin_comes_before_the_server_and_others_beside_it(tmp_path):
    made = fring(
        tmp_path, "user", "create", *ANN, "--role", "admin", "--password-stdin", said=PASSWORD
    )
    assert (made.returncode, made.stderr) == (0, "")
    assert "created user 1, 'ann': admin" in made.stdout
    assert "BETTER_AUTH_SECRET" in made.stdout, "it is not set here, and nobody can log in without"
    with (
        serving(tmp_path, BETTER_AUTH_SECRET=SECRET) as server,
        httpx.Client(base_url=server.url, timeout=DEADLINE, verify=False) as caller,
    ):

        def log_in(name, password):
            entered = caller.post(LOGIN, json={"username": name, "password": password})
            return bearer(entered.json()["access_token"]) if entered.is_success else None

        ann = log_in("ann", PASSWORD)
        assert caller.get(ME, headers=ann).json()["role"] == "admin"
        bob = {"username": "bob", "email": "bob@example.org"}
        assert caller.post(USERS, json=bob, headers=ann).status_code == 201
        # Beside the running server, which knows at once.
        reset = fring(tmp_path, "user", "password", "bob", "--password-stdin", said=f"{NEW}\r\n")
        assert reset.returncode == 0, reset.stderr
        assert caller.get(ME, headers=log_in("bob", NEW)).json()["role"] == "member"
        assert fring(tmp_path, "user", "role", "ann", "viewer").returncode == 0
        assert caller.post(USERS, json=bob, headers=ann).status_code == 403
        assert (
            fring(tmp_path, "user", "password", "ann", "--password-stdin", said=NEW).returncode == 0
        )
        assert caller.get(ME, headers=ann).status_code == 401
        assert log_in("ann", PASSWORD) is None
        assert log_in("ann", NEW)
        assert PASSWORD not in server.log.read_text() + made.stdout


def test_on_a_database_of_ones_own(act, monkeypatch):
    monkeypatch.setenv("FRING_SCHEMA", "fring")
    code, out, err = act("create", *ANN, "--role", "admin", "--password-stdin", said=PASSWORD)
    assert (code, err) == (0, "")
    assert out.endswith("fring: created user 1, 'ann': admin\n")
    code, out, _ = act("role", "ann", "member")
    assert (code, out.endswith("fring: 'ann' has the role member from now on\n")) == (0, True)
    code, out, _ = act("password", "ann", "--password-stdin", said=NEW)
    assert (code, "older tokens are over" in out) == (0, True)


def test_users_are_listed_in_columns_without_what_nobody_may_see(act):
    code, out, err = act("list")
    assert (code, err, out.splitlines()) == (
        0, "", ["id  username  e-mail  role  created  password"],
    )  # fmt: skip
    act("create", *ANN, "--role", "admin", "--password-stdin", said=PASSWORD)
    odd = "b\x1b[1mo\tb"
    act("create", odd, "--email", "bob.of.the.bakery@example.org", "--password-stdin", said=NEW)
    with psycopg.connect(os.environ["DATABASE_URL"]) as database:
        database.execute("INSERT INTO users (username, email) VALUES ('cid', 'cid@example.org')")
        moments = [str(row[0]) for row in database.execute("SELECT created_at FROM users")]
    code, out, err = act("list")
    assert (code, err) == (0, "")
    header, *rows = out.splitlines()
    assert [re.split(r" {2,}", row)[:4] + re.split(r" {2,}", row)[5:] for row in rows] == [
        ["1", "ann", "ann@example.org", "admin", "yes"],
        ["2", r"b\x1b[1mo\tb", "bob.of.the.bakery@example.org", "member", "yes"],
        ["3", "cid", "cid@example.org", "member", "no"],
    ]
    for moment, row in zip(moments, rows, strict=True):
        assert row.index(moment[:10]) == header.index("created")
    assert "argon2" not in out


@pytest.mark.parametrize(
    ("arguments", "said", "words"),
    [
        (("create", "ann", "--email", "b@e.o"), PASSWORD, "Username 'ann' is taken"),
        (("create", "bob", "--email", "ann@example.org"), PASSWORD, "'ann@example.org' is taken"),
        (("create", "bob", "--email", "nowhere"), PASSWORD, "email: must be an e-mail address"),
        (("create", " ", "--email", "b@e.o"), PASSWORD, "username: must not be blank"),
        (("create", "b\x1b[1m", "--email", "\x1b"), PASSWORD, "email: must be"),
        (("create", "bob", "--email", "b@e.o"), "short", "at least 8 characters"),
        (("create", "bob", "--email", "b@e.o"), "", "at least 8 characters"),
        (("create", "bob", "--email", "b@e.o"), "x" * 9000, "at most 1024 characters"),
        (("create", "bob", "--email", "b@e.o"), b"\xff" * 8, "must be UTF-8"),
        (("password", "ann"), "short", "at least 8 characters"),
        (("password", "bob"), PASSWORD, "there is no user named 'bob'; `fring user list`"),
        (("password", "b\x1b[1m"), PASSWORD, r"there is no user named 'b\x1b[1m'"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(act, arguments, said, words):
    assert act("create", *ANN, "--password-stdin", said=PASSWORD)[0] == 0
    code, _, err = act(*arguments, "--password-stdin", said=said)
    assert code == 1
    assert words in err
    assert len(err.splitlines()) == 1
    assert err.strip().isprintable()
    assert PASSWORD not in err
    unknown = "fring: there is no user named 'bob'; `fring user list` names them\n"
    assert act("role", "bob", "admin")[::2] == (1, unknown)


def test_without_a_terminal_the_password_must_come_from_the_input(act):
    code, _, err = act("password", "ann", said=PASSWORD)
    assert (code, "--password-stdin" in err) == (1, True)


def test_a_store_that_forgets_has_no_users_for_others(act, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "memory://")
    code, _, err = act("role", "ann", "admin")
    assert (code, "memory://" in err) == (1, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("user",),
        ("user", "create", "ann"),
        ("user", "create", *ANN, "--role", "king"),
        ("user", "role", "ann"),
        ("user", "create", *ANN, "--password", PASSWORD),
        ("user", "create", *ANN, PASSWORD),
    ],
)
def test_arguments_that_make_no_sense_are_refused(arguments):
    assert main(arguments) == 2


def read(terminal):
    assert select.select([terminal], [], [], DEADLINE)[0]
    return os.read(terminal, 1000)


@pytest.mark.parametrize(
    ("typed", "code", "words"),
    [
        ([PASSWORD, PASSWORD], 0, "created user 1"),
        ([PASSWORD, NEW], 1, "two passwords"),
        (["\x04"], 1, "there is no password"),
        (["\x03"], 1, ""),
    ],
    ids=["twice", "another", "ctrl-d", "ctrl-c"],
)
def test_a_terminal_is_asked_without_an_echo(tmp_path, new_database, typed, code, words):
    command = [sys.executable, "-m", "fring_http", "user", "create", *ANN]
    settings = environment(DATABASE_URL=new_database())
    pid, terminal = pty.fork()
    if pid == 0:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # or it is ignored where this process does
        os.chdir(tmp_path)
        os.execve(sys.executable, command, settings)
    shown = b""
    for line, prompt in zip(typed, (b"Password: ", b"Once more: "), strict=False):
        while not shown.endswith(prompt):
            shown += read(terminal)
        os.write(terminal, line.encode() + (b"" if line < " " else b"\n"))
    with suppress(OSError):  # how Linux says that nobody has it open any more
        while more := read(terminal):
            shown += more
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == code, shown
    assert words in shown.decode()
    assert PASSWORD.encode() not in shown
    assert b"Traceback" not in shown


@pytest.mark.parametrize("given", [("--password", "hush"), ("--password=hush",), ("--password",)])
@pytest.mark.parametrize("name", [(), ("bob",)])
def test_a_password_is_no_argument(act, given, name):
    code, *said = act("create", *name, "--email", "b@e.o", *given, said=PASSWORD)
    assert (code, "a password is no argument" in said[1]) == (2, True)
    assert "hush" not in "".join(said)
    assert "e-mail" in act("list")[1]
    assert "b@e.o" not in act("list")[1]
