"""`fring export` and `fring import`: files and pipes, words and exit codes, on a terminal or not."""

import gzip
import json
import os
import pty
import re
import signal
import subprocess
import sys
from contextlib import suppress

import pytest

from fring_adapters import open_postgres
from fring_adapters.postgres import prepare
from fring_core import NewTask, NewUser
from fring_http.server.command import progress
from tests.serving import DEADLINE, await_condition, environment, fring
from tests.stores.older import execute
from tests.stores.test_bulk import ANN, HEADER, PACK, PAIR, lines, rows, taken

COMMAND = [sys.executable, "-m", "fring_http"]
EXPORTED = "2 users, 3 tasks, 1 assignment exported\n"
# What a command has had in memory at most, in kB.
PEAK = (
    "import resource, sys; from fring_http.server.command.cli import main; code = main();"
    " print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr); sys.exit(code)"
)


def started(folder, url, *arguments, **pipes):
    """Start the command, whose words and errors are pipes unless it is told otherwise."""
    return subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=folder,
        env=environment(DATABASE_URL=url, TERM="xterm", COLUMNS="100"),
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | pipes,
    )


@pytest.fixture
def filled(new_database):
    """Return the URL of a database with something of each kind."""
    url = new_database()
    with open_postgres(url) as fring:
        ann = fring.users.create(NewUser("ann", "ann@example.org"))
        fring.users.create(NewUser("bob", "bob@example.org", id=9))
        task = fring.tasks.create(NewTask("Water the plants\t\\N 😀"))
        fring.tasks.create(NewTask("\\.", description="\r\n"))
        fring.tasks.create(NewTask("Call grandmother"), owner="ann")
        fring.assignments.add(user=ann.id, task=task.id)
    return url


@pytest.mark.parametrize("name", ["all.jsonl", "all.jsonl.gz"])
def test_there_and_back(run, filled, new_database, name):
    code, out, err = run("export", name, DATABASE_URL=filled)
    assert (code, out.endswith(EXPORTED), err) == (0, True, "")
    url = new_database()
    code, out, err = run("import", name, DATABASE_URL=url)
    assert (code, err) == (0, "")
    assert out.endswith(": 2 users, 3 tasks, 1 assignment imported\n")
    assert rows(url) == rows(filled)
    code, out, err = run("import", name)
    assert (code, err) == (0, "")
    assert out.endswith(
        ": 0 users, 0 tasks, 0 assignments imported;"
        " there already: 2 users, 3 tasks, 1 assignment\n"
    )
    assert rows(url) == rows(filled)


def test_hashes_come_along_if_that_is_asked_for(run, filled, tmp_path):
    execute(filled, "UPDATE users SET password_hash = '$2b$12$x'")
    run("export", "without", DATABASE_URL=filled)
    run("export", "with", "--with-passwords")
    assert "$2b$" not in (tmp_path / "without").read_text()
    assert (tmp_path / "with").read_text().count("$2b$12$x") == 2


def test_a_dry_run_adds_nothing(run, filled, new_database):
    url = new_database()
    run("export", "all.jsonl", DATABASE_URL=filled)
    code, out, err = run("import", "all.jsonl", "--dry-run", DATABASE_URL=url)
    assert (code, out, "`fring db upgrade`" in err) == (1, "", True)
    prepare(url)
    code, out, err = run("import", "all.jsonl", "--dry-run")
    assert (code, err) == (0, "")
    assert out.endswith(": 2 users, 3 tasks, 1 assignment would be imported\n")
    assert not any(rows(url).values())


def test_a_pipe_leads_from_one_database_to_another(filled, new_database, tmp_path):
    url = new_database()
    with (
        started(tmp_path, filled, "export", "-") as source,
        started(tmp_path, url, "import", "-", stdin=source.stdout) as target,
    ):
        out, err = target.communicate(timeout=DEADLINE)
        assert source.stderr.read().decode().endswith(EXPORTED)
        assert source.wait(DEADLINE) == 0
    assert (target.returncode, err) == (0, b"")
    assert out.endswith(b"2 users, 3 tasks, 1 assignment imported\n")
    assert rows(url) == rows(filled)


def test_what_is_zipped_may_come_through_a_pipe(new_database, tmp_path):
    url = new_database()
    ended = subprocess.run(
        [*COMMAND, "import", "-"], cwd=tmp_path, env=environment(DATABASE_URL=url),
        input=gzip.compress(lines(ANN)), capture_output=True, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert len(rows(url)["users"]) == 1


def test_on_the_embedded_database(tmp_path):
    file = tmp_path / "all.jsonl"
    file.write_bytes(lines(ANN, PACK, PAIR))
    done = fring(tmp_path, "import", "all.jsonl")
    assert (done.returncode, done.stderr) == (0, "")
    out = fring(tmp_path, "export", "-")
    assert out.returncode == 0
    assert "1 user, 1 task, 1 assignment exported" in out.stderr
    header, *said = map(json.loads, out.stdout.splitlines())
    assert header == HEADER | {
        "rows": {"user": 1, "task": 1, "assignment": 1, "spent_id": 0},
        "drawn": {"user": 1, "task": 1},
    }
    assert [each["kind"] for each in said] == ["user", "task", "assignment"]


def test_what_is_wrong_is_a_line_each_on_the_error_output(run, new_database, tmp_path):
    url = new_database()
    prepare(url)
    broken = lines(ANN, PACK | {"id": 2}, PACK | {"titel\x1b[1m": ""}, PACK | {"title": ""})
    (tmp_path / "broken").write_bytes(broken)
    code, out, err = run("import", "broken", DATABASE_URL=url)
    assert (code, out) == (1, "")
    assert err.splitlines() == [
        "fring: line 4: Object contains unknown field `titel\\x1b[1m`",
        "fring: line 5: title must not be blank",
        "fring: nothing was imported",
    ]
    assert not any(rows(url).values())


@pytest.mark.parametrize("command", ["import", "export"])
def test_what_cannot_be(run, command, new_database, tmp_path):
    (tmp_path / "there").touch()
    file = "there" if command == "import" else "nowhere/all.jsonl"
    code, out, err = run(command, file, DATABASE_URL="memory://")
    assert (code, out) == (1, "")
    assert err == "fring: memory:// is a database of the server's own; nobody else reaches it\n"
    code, out, err = run(command, file, DATABASE_URL="postgresql://127.0.0.1:1/none")
    assert (code, out, len(err.splitlines())) == (1, "", 1)
    code, out, err = run(command, "nowhere/all.jsonl", DATABASE_URL=new_database())
    assert (code, out, "nowhere/" in err, len(err.splitlines())) == (1, "", True, 1)
    assert run(command)[0] == 2
    assert run(command, str(tmp_path))[0] == 2


def test_who_reads_no_more_ends_it(new_database, tmp_path):
    url = new_database()
    prepare(url)
    taken(url, *(PACK | {"id": number} for number in range(1, 5001)))
    with started(tmp_path, url, "export", "-") as ended:
        assert ended.stdout.readline().startswith(b'{"kind":"fring","format":1,')
        ended.stdout.close()
        assert ended.wait(DEADLINE) == 1
        assert ended.stderr.read() == b"fring: [Errno 32] Broken pipe\n"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_an_import_that_is_ended_leaves_nothing_and_is_run_again(new_database, tmp_path, number):
    url = new_database()
    prepare(url)
    file = lines(ANN, *(PACK | {"id": number} for number in range(1, 20_001)), PAIR)
    with started(tmp_path, url, "import", "-", stdin=subprocess.PIPE) as process:
        process.stdin.write(file[: len(file) // 2])
        process.stdin.flush()
        copying = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY%' AND datname = current_database()"
        await_condition(lambda: execute(url, copying).fetchone() == (1,))
        process.send_signal(number)
        assert process.wait(DEADLINE) == (-number if number is signal.SIGKILL else 1)
        assert b"Traceback" not in process.stderr.read()
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    await_condition(lambda: execute(url, others).fetchone() == (1,))
    assert not any(rows(url).values())
    (tmp_path / "all.jsonl").write_bytes(file)
    again = fring(tmp_path, "import", "all.jsonl", DATABASE_URL=url)
    assert (again.returncode, again.stderr) == (0, "")
    assert "1 user, 20000 tasks, 1 assignment imported\n" in again.stdout


def test_outside_a_terminal_lines_tell_how_far_it_is(run, new_database, tmp_path, monkeypatch):
    monkeypatch.setattr(progress, "LINE_SECONDS", 0.0)
    said = lines(*(PACK | {"id": number} for number in range(1, 12_001)))
    (tmp_path / "all.jsonl").write_bytes(said)
    code, out, err = run("import", "all.jsonl", DATABASE_URL=new_database())
    assert (code, out.count("\n")) == (0, 1)
    assert re.match(rf"fring: reading: \d+ of {len(said)}\n", err)
    assert "fring: adding tasks: 0 of 12000\n" in err
    code, out, err = run("export", "again.jsonl")
    assert (code, out.count("\n")) == (0, 1)
    assert err == "fring: tasks: 5000 of 12000\nfring: tasks: 10000 of 12000\n"


def on_terminal(folder, url, *arguments):
    """Run the command with a terminal as its error output; return what that shows."""
    terminal, side = pty.openpty()
    with started(folder, url, *arguments, stderr=side) as process:
        os.close(side)
        shown = b""
        with suppress(OSError):  # how Linux says that nobody has it open any more
            while more := os.read(terminal, 65536):
                shown += more
        os.close(terminal)
        return process.wait(DEADLINE), process.stdout.read().decode(), shown.decode()


def test_on_a_terminal_there_is_a_bar(new_database, tmp_path):
    url = new_database()
    (tmp_path / "all.jsonl").write_bytes(
        lines(*(PACK | {"id": number} for number in range(1, 12_001)))
    )
    code, out, shown = on_terminal(tmp_path, url, "import", "all.jsonl")
    assert (code, out.endswith("12000 tasks, 0 assignments imported\n")) == (0, True)
    assert "reading" in shown
    assert "━" in shown
    code, out, shown = on_terminal(tmp_path, url, "export", "again.jsonl")
    assert (code, out.endswith("12000 tasks, 0 assignments exported\n")) == (0, True)
    assert "/12000" in shown
    (tmp_path / "broken").write_bytes(lines(ANN, "{"))
    code, out, shown = on_terminal(tmp_path, url, "import", "broken")
    assert (code, out) == (1, "")
    assert "fring: line 3: Input data was truncated" in shown


def test_memory_does_not_grow_with_the_rows(new_database, tmp_path):
    url, peaks = new_database(), {}
    prepare(url)
    for number in (10_000, 100_000):
        execute(url, "TRUNCATE tasks CASCADE")
        execute(
            url,
            "INSERT INTO tasks (title, description) SELECT 'Task', repeat('some words ', 20)"
            f" FROM generate_series(1, {number})",
        )
        for command in ("export", "import"):
            if command == "import":
                execute(url, "TRUNCATE tasks CASCADE")
            ended = subprocess.run(
                [sys.executable, "-c", PEAK, command, "all.jsonl"], cwd=tmp_path,
                env=environment(DATABASE_URL=url), capture_output=True, text=True, check=True,
            )  # fmt: skip
            assert f" {number} tasks" in ended.stdout
            peaks[command, number] = int(ended.stderr.splitlines()[-1])
    for command in ("export", "import"):
        # Ten times the rows are 30 MB more as they stand in the file.
        assert peaks[command, 100_000] < peaks[command, 10_000] + 8_000
