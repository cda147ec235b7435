"""`fring demo --users --tasks`: a board of that size, the same each time, in an empty database."""

import io
import re
import subprocess
import sys

import pytest

from fring_adapters import open_postgres
from fring_adapters.postgres import prepare
from fring_core import NewTask, TaskFilter
from fring_http.server.command import progress
from fring_http.server.command.board import Board
from tests.http.test_bulk_cli import PEAK, on_terminal, started
from tests.serving import DEADLINE, await_condition, environment, fring
from tests.stores.older import execute
from tests.stores.test_bulk import exported, rows


def test_a_board_of_that_size(run, new_database):
    first, second = new_database(), new_database()
    code, out, err = run("demo", "--users", "50", "--tasks", "1000", DATABASE_URL=first)
    assert (code, err) == (0, "")
    assert out.endswith(": 50 users, 1000 tasks, 800 assignments made up\n")
    assert run("demo", "--users", "50", "--tasks", "1000", DATABASE_URL=second)[0] == 0
    assert exported(first) == exported(second)
    with open_postgres(first) as fring:
        assert fring.users.count() == 50
        shared = [fring.tasks.count(TaskFilter(assigned=each)) for each in (True, False)]
        assert shared == [750, 200]
        assert fring.tasks.create(NewTask("next")).id == 1001
    kept = "SELECT count(DISTINCT status), count(DISTINCT created_at), count(DISTINCT user_id) FROM"
    assert execute(first, f"{kept} tasks LEFT JOIN user_tasks ON task_id = id").fetchone() == (
        4,
        1001,
        50,
    )
    own = "SELECT count(*), count(DISTINCT due_date) > 1 FROM tasks WHERE owner IS NOT NULL"
    assert execute(first, own).fetchone() == (50, True)


@pytest.mark.parametrize(("users", "assigned"), [("0", 0), ("1", 15)])
def test_few_users_have_what_they_can_have(run, new_database, users, assigned):
    code, out, _ = run("demo", "--users", users, "--tasks", "20", DATABASE_URL=new_database())
    assert (code, f" 20 tasks, {assigned} assignments made up" in out) == (0, True)


def test_nobodys_data_are_touched(run, new_database):
    url = new_database()
    prepare(url)
    with open_postgres(url) as fring:
        fring.tasks.create(NewTask("mine", id=70))
    before = rows(url)
    code, out, err = run("demo", "--users", "5", "--tasks", "10", DATABASE_URL=url)
    assert (code, out) == (1, "")
    assert err == "fring: there are users or tasks already, and nothing was added to them\n"
    assert rows(url) == before
    code, out, err = run("demo", "--users", "5", "--tasks", "10", DATABASE_URL="memory://")
    assert (code, out, "nobody else reaches it" in err) == (1, "", True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--users", "5"),
        ("--tasks", "5"),
        ("--users", "5", "--tasks", "5", "--still"),
        ("--users", "-1", "--tasks", "5"),
    ],
)
def test_what_makes_no_sense(run, arguments):
    assert run("demo", *arguments)[:2] == (2, "")


def test_the_embedded_database_is_filled_too(tmp_path):
    done = fring(tmp_path, "demo", "--users", "2", "--tasks", "20")
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 users, 20 tasks, 16 assignments made up" in done.stdout


def test_lines_or_a_bar_tell_how_far_it_is(run, new_database, tmp_path, monkeypatch):
    monkeypatch.setattr(progress, "LINE_SECONDS", 0.0)
    size = ("demo", "--users", "1000", "--tasks", "10000")
    code, out, err = run(*size, DATABASE_URL=new_database())
    assert (code, out.count("\n")) == (0, 1)
    assert re.match(r"fring: reading: 5000 of 19001\n", err)
    code, out, shown = on_terminal(tmp_path, new_database(), *size)
    assert (code, out.endswith("8000 assignments made up\n")) == (0, True)
    assert "/19001" in shown
    assert "━" in shown


def test_ended_before_it_is_done_it_has_failed_and_left_nothing(new_database, tmp_path):
    url = new_database()
    prepare(url)
    with started(tmp_path, url, "demo", "--users", "9", "--tasks", "1000000") as process:
        copying = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY%' AND datname = current_database()"
        await_condition(lambda: execute(url, copying).fetchone() == (1,))
        process.terminate()
        assert process.wait(DEADLINE) == 1
        assert process.stderr.read() == b""
    assert not any(rows(url).values())


def test_memory_does_not_grow_with_the_board(new_database, tmp_path):
    peaks = []
    for tasks in (10_000, 100_000):
        ended = subprocess.run(
            [sys.executable, "-c", PEAK, "demo", "--users", "100", "--tasks", str(tasks)],
            cwd=tmp_path, env=environment(DATABASE_URL=new_database()), capture_output=True,
            text=True, check=True,
        )  # fmt: skip
        peaks.append(int(ended.stderr.splitlines()[-1]))
    assert peaks[1] < peaks[0] + 8_000


def test_it_is_read_in_whatever_pieces(tmp_path):
    whole = io.BufferedReader(Board(3, 40)).read()
    assert whole.count(b"\n") == Board(3, 40).lines
    for size in (1, 7, 100_000):
        board, read = Board(3, 40), b""
        while piece := board.read(size):
            read += piece
        assert read == whole
