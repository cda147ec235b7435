"""The embedded database: on any folder, after any crash, for as long as somebody uses it."""

import fcntl
import os
import random
import signal
import socket
import stat
import subprocess
import sys
import time

import psutil
import psycopg
import pytest

from fring_adapters.postgres.embedded import PROGRAMS, embedded
from fring_core import StoreUnavailable
from tests.serving import await_condition, environment

# What a shell, make, a URL, a glob or PostgreSQL itself could take for something else.
ODD = "My Projects & more 'n' \"so\" #1 50% a%20b $HOME c++ (ü日本) [x]* \\n"
AGAIN = "PostgreSQL had ended, and was started again"
PROGRAM = """
import sys
from pathlib import Path
from fring_adapters.postgres.embedded import embedded
with embedded(Path(sys.argv[1])):
    print("ready", flush=True)
    sys.stdin.read()
"""


def value(url, *queries):
    """Return what the last of some queries gives."""
    with psycopg.connect(url) as connection:
        for query in queries:
            cursor = connection.execute(query)
        [(found,)] = cursor
    return found


def server_of(folder):
    """Return the process that serves a folder."""
    return psutil.Process(int((folder / "postmaster.pid").read_text().split()[0]))


def is_up(url):
    try:
        return value(url, "SELECT 1") == 1
    except psycopg.OperationalError:
        return False


def is_free(folder):
    return not (folder / "postmaster.pid").exists()


@pytest.fixture
def program():
    """Give a function that starts another program that uses a folder; end them all at the end."""
    started = []

    def start(folder, *, await_ready=True):
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(folder)],
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        started.append(process)
        if await_ready:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("name", [ODD, "long/" * 40], ids=["odd", "long"])
def test_any_folder_will_do_and_keeps_its_data(tmp_path, name):
    folder = tmp_path / name / "data"
    with embedded(folder) as url:
        value(url, "CREATE TABLE kept AS SELECT 7 AS x", "SELECT 1")
    assert is_free(folder)
    with embedded(folder) as again:
        assert again == url
        assert value(url, "SELECT x FROM kept") == 7


def test_it_speaks_utf_8_and_reads_nobodys_variables(tmp_path, monkeypatch):
    for variable in ("PGPORT", "PGDATA", "PGUSER", "PGDATABASE", "PGHOST"):
        monkeypatch.setenv(variable, "1")
    monkeypatch.setenv("LC_ALL", "C")
    with embedded(tmp_path / "data") as url:
        assert value(url, "SHOW server_encoding") == "UTF8"
        assert value(url, "SELECT lower('ÄЖ')") == "äж"
        trigrams = value(url, "CREATE EXTENSION pg_trgm", "SELECT show_trgm('Жук')")
        assert len(trigrams) == 4
        assert value(url, "SHOW listen_addresses") == ""


def test_folders_keep_their_modes_and_nobody_else_gets_in(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    folder = closed / "deeper" / "data"
    with embedded(folder):
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(folder.with_name("data.keeper").stat().st_mode) == 0o700
        assert server_of(folder).uids().real != 0


def test_the_last_user_ends_it_and_no_other(tmp_path, program):
    folder = tmp_path / "data"
    other = program(folder)
    with embedded(folder) as url:
        server = server_of(folder)
        other.communicate()  # it leaves
        assert is_up(url)
        assert server_of(folder) == server
    assert not server.is_running()


def test_a_killed_user_is_a_user_no_more(tmp_path, program):
    folder = tmp_path / "data"
    last = program(folder)
    last.kill()
    await_condition(lambda: is_free(folder))


@pytest.mark.parametrize("seed", range(3))
def test_a_first_start_that_is_killed_is_in_nobodys_way(tmp_path, program, seed):
    folder = tmp_path / "data"
    first = program(folder, await_ready=False)
    time.sleep(random.Random(seed).uniform(0.2, 1.5))
    for process in (first, *psutil.Process(first.pid).children()):
        process.kill()
    with embedded(folder) as url:
        assert is_up(url)


def is_kept(folder):
    """Tell whether a keeper has the lock of a folder."""
    with (folder.with_name(f"{folder.name}.keeper") / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_a_user_may_end_at_any_moment_of_the_start(tmp_path):
    """Leave just when the server begins, again and again: what it is told then is not lost."""
    folder = tmp_path / "data"
    with embedded(folder):
        pass
    workshop, log = folder.with_name("data.keeper"), folder / "log"
    for number in range(12):
        log.unlink()  # it is made anew a moment before the server is there
        with (workshop / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            user, its = socket.socketpair()
            words = [folder, workshop, PROGRAMS, str(lock.fileno()), str(its.fileno())]
            subprocess.run(
                [sys.executable, "-m", "fring_adapters.keeper", *words],
                pass_fds=[lock.fileno(), its.fileno()],
                env=environment(),
                check=True,
            )
        its.close()
        await_condition(log.exists, pause=0.001)
        time.sleep(number / 1000)
        user.close()
        await_condition(lambda: not is_kept(folder))


@pytest.mark.parametrize("victim", ["server", "keeper"])
def test_it_is_started_again(tmp_path, victim):
    folder = tmp_path / "data"
    said: list[str] = []
    with embedded(folder, said.append) as url:
        server = server_of(folder)
        process = server if victim == "server" else server.parent()
        process.kill()
        await_condition(lambda: not process.is_running())
        await_condition(lambda: is_up(url))
        assert server_of(folder) != server
        await_condition(lambda: AGAIN in said)
    assert is_free(folder)
    assert said.count(AGAIN) == 1


@pytest.mark.parametrize(
    "text", ["", "1\n", "{pid}\n{folder}\n1700000000\n5432\n.\n\n  1  1\nready\n"]
)
def test_a_pid_file_is_believed_only_of_its_own_server(tmp_path, text):
    folder = tmp_path / "data"
    with embedded(folder):
        pass
    with subprocess.Popen(["sleep", "60"]) as stranger:
        text = text.format(pid=stranger.pid, folder=folder)
        (folder / "postmaster.pid").write_text(text)
        with embedded(folder) as url:
            assert is_up(url)
        assert stranger.poll() is None
        stranger.kill()


def test_what_is_no_database_is_left_alone(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "letter.txt").write_text("mine")
    with pytest.raises(StoreUnavailable, match="not empty"), embedded(folder):
        pass
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]


def test_another_versions_folder_is_refused_in_words(tmp_path):
    folder = tmp_path / "data"
    with embedded(folder):
        pass
    (folder / "PG_VERSION").write_text("15\n")
    with pytest.raises(StoreUnavailable, match="not compatible"), embedded(folder):
        pass


def test_a_fork_does_not_end_it(tmp_path):
    folder = tmp_path / "data"
    with embedded(folder) as url:
        child = os.fork()
        if child == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        os.waitpid(child, 0)
        assert is_up(url)
    assert is_free(folder)
