"""The commands that look after a database, show what there is, or play with it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from benchmarks.ports import free_port
from fring_adapters import open_postgres
from fring_adapters.postgres import prepare
from fring_adapters.postgres.embedded import embedded
from fring_adapters.postgres.setup.revisions import newest
from fring_core import NewTask, NewUser
from fring_http.server.command.cli import GROUPS
from fring_http.server.command.people import PEOPLE, TASKS
from tests.serving import DEADLINE, await_condition, environment, fring, serving
from tests.stores.older import execute


def test_alone_it_shows_what_there_is_in_groups(run):
    code, out, err = run()
    shown = [line.split()[0] for line in (out + err).splitlines() if line.strip()]
    assert code == 2
    for heading, commands in GROUPS.items():
        at = next(n for n, line in enumerate((out + err).splitlines()) if line.strip() == heading)
        assert at
        assert {command.name for command in commands} <= set(shown)


def test_every_command_says_what_it_does(run):
    for commands in GROUPS.values():
        for command in commands:
            code, out, _ = run(command.name, "--help")
            assert code == 0
            for name in getattr(command, "commands", {}):
                code, more, _ = run(command.name, name, "--help")
                assert (code, name in out) == (0, True)
                assert "Usage: fring" in more


def test_outside_a_terminal_nothing_is_drawn(tmp_path):
    for arguments in (("--help",), ("serve", "--help"), ("serve", "--port", "x")):
        ended = fring(tmp_path, *arguments)
        said = ended.stdout + ended.stderr
        assert not any("\u2500" <= each <= "\u257f" or each == "\x1b" for each in said)


def test_revisions(run, new_database):
    url = new_database()
    settings = {"DATABASE_URL": url, "FRING_SCHEMA": "fring"}
    code, out, _ = run("db", "check", **settings)
    assert (code, "no tables yet; `fring db upgrade` sets up" in out) == (1, True)
    assert run("db", "upgrade")[:2] == (0, f"{run_words(url)}, revision {newest()}\n")
    code, out, _ = run("db", "check")
    assert (code, f"revision {newest()}, this version's" in out) == (0, True)
    assert run("db", "downgrade", "0003")[0] == 0
    code, out, _ = run("db", "check")
    assert (code, "back up, then run `fring db upgrade`" in out) == (1, True)
    code, out, err = run("db", "downgrade", "base")
    assert (code, out, "would drop all tables" in err) == (1, "", True)
    assert run("db", "upgrade")[0] == 0
    assert execute(url, "SELECT version_num FROM fring.fring_version").fetchone() == (newest(),)


def run_words(url):
    name = url.partition("@/")[2].partition("?")[0]
    host = url.partition("host=")[2].partition("&")[0]
    return f"fring: database '{name}' at {host}:5432, schema fring"


def test_the_script_does_what_upgrade_does(run, new_database):
    url = new_database()
    code, script, err = run("db", "sql")
    assert (code, err) == (0, "")
    execute(url, script)
    assert prepare(url) == newest()
    code, _, err = run("db", "sql", "--from", "0042")
    assert (code, "knows no revision '0042'" in err) == (1, True)


def test_backup_and_restore(run, new_database, tmp_path):
    first, second = new_database(), new_database()
    with open_postgres(first) as fring:
        ann = fring.users.create(NewUser("ann", "ann@example.org"))
        task = fring.tasks.create(NewTask("Water the plants\t\\N 😀"))
        fring.assignments.add(user=ann.id, task=task.id)
    folder = tmp_path / "backups"
    for _ in range(3):
        code, out, err = run("backup", str(folder), "--keep", "2", DATABASE_URL=first)
        assert (code, err) == (0, "")
        assert "read back" in out
        time.sleep(1)  # their names are by the second
    files = sorted(folder.iterdir())
    assert len(files) == 2
    code, out, err = run("restore", str(files[-1]), DATABASE_URL=second)
    assert (code, err) == (0, "")
    with open_postgres(second) as restored:
        assert list(restored.users.get_with_tasks(ann.id).tasks) == [task]
        assert restored.tasks.create(NewTask("next")).id == task.id + 1
    code, _, err = run("restore", str(files[-1]))
    assert (code, len(err.splitlines())) == (1, 1)
    files[0].write_bytes(b"no archive")
    code, _, err = run("restore", str(files[0]), DATABASE_URL=new_database())
    assert (code, err.startswith("fring: ")) == (1, True)
    assert run("backup", "/proc/nowhere", DATABASE_URL=first)[0] == 1
    assert run("backup", str(folder), DATABASE_URL="memory://")[0] == 1


def test_the_embedded_database_is_backed_up_beside_its_server_and_restored(tmp_path):
    with serving(tmp_path) as server:
        made = httpx.post(f"{server.url}/api/v1/tasks", json={"title": "kept"}, verify=False)
        assert made.status_code == 201
        assert fring(tmp_path, "backup", "backups").returncode == 0
    [file] = (tmp_path / "backups").iterdir()
    there = tmp_path / "there"
    there.mkdir()
    restored = fring(there, "restore", str(file))
    assert restored.returncode == 0, restored.stderr
    with embedded(there / ".fring" / "postgres") as url:
        assert execute(url, "SELECT id, title FROM tasks").fetchall() == [(1, "kept")]


def test_the_document_is_the_servers(run, secured_memory_server, tmp_path):
    code, out, _ = run("openapi", "--output", "openapi.json")
    assert (code, out) == (0, "")
    served = httpx.get(f"{secured_memory_server.url}/openapi.json", verify=False).json()
    assert json.loads((tmp_path / "openapi.json").read_text()) == served
    assert json.loads(run("openapi")[1]) == served


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_can_complete(run, shell):
    code, script, _ = run("completion", shell)
    assert code == 0
    assert "_FRING_COMPLETE" in script
    if shell == "bash":
        subprocess.run(["bash", "-n"], input=script.encode(), check=True)


def test_what_is_completed(tmp_path):
    words = {"_FRING_COMPLETE": "bash_complete", "COMP_WORDS": "fring d", "COMP_CWORD": "1"}
    code = "from fring_http.server.command.cli import main; main([])"
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env=environment() | words, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert {line.partition(",")[2] for line in ended.stdout.splitlines()} == {
        "demo",
        "doctor",
        "db",
    }


def test_the_demo_touches_nothing_and_lives(tmp_path):
    port, log = free_port(), tmp_path / "log"
    settings = {"DATABASE_URL": "postgresql://127.0.0.1:1/away", "BETTER_AUTH_SECRET": "s" * 40}
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-m", "fring_http", "demo", "--port", str(port)],
            env=environment(HOST="0.0.0.0", WORKERS="3", **settings),
            cwd=tmp_path,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):

        def board():
            try:
                found = httpx.get(f"http://127.0.0.1:{port}/api/v1/tasks", verify=False).json()
            except httpx.TransportError:
                return []
            return [(each["title"], each["status"]) for each in found]

        await_condition(lambda: len(board()) >= len(TASKS))
        users = httpx.get(f"http://127.0.0.1:{port}/api/v1/users", verify=False).json()
        assert [each["username"] for each in users] == list(PEOPLE)
        before = board()
        await_condition(lambda: board() != before)
        process.terminate()
        assert process.wait(DEADLINE) == 0
    assert "Traceback" not in log.read_text()
    assert [each.name for each in tmp_path.iterdir()] == ["log"]


def test_uvicorn_serves_too(tmp_path, new_database):
    with serving(
        tmp_path, DATABASE_URL=new_database(), FRING_SERVER="uvicorn", WORKERS="2"
    ) as server:
        made = httpx.post(f"{server.url}/api/v1/tasks", json={"title": "x"}, verify=False)
        assert (made.status_code, made.headers["server"]) == (201, "uvicorn")
        assert httpx.get(f"{server.url}/health/ready", verify=False).status_code == 200
        assert "fring_workers 2.0" in _until(f"{server.url}/metrics", "fring_workers 2.0")


def _until(url, words):
    found = ""

    def look():
        nonlocal found
        found = httpx.get(url, verify=False).text
        return words in found

    await_condition(look)
    return found


def test_workers_start_anew_when_files_change(tmp_path):
    (tmp_path / "settings.py").write_text("")
    port, log = free_port(), tmp_path / "log"
    env = environment(PORT=str(port))
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-m", "fring_http", "serve", "--reload"],
            env=env, cwd=tmp_path, stdout=output, stderr=subprocess.STDOUT,
        ) as process,
    ):  # fmt: skip
        await_condition(lambda: "on http://" in log.read_text())
        time.sleep(0.5)  # it has begun to watch
        (tmp_path / "settings.py").write_text("x = 1")
        await_condition(lambda: " replaces " in log.read_text())
        process.terminate()
        assert process.wait(DEADLINE) == 0


def test_an_uninstalled_extra_is_named(tmp_path):
    (tmp_path / "rich_click.py").write_text("raise ModuleNotFoundError('no', name='rich_click')")
    settings = environment()
    settings["PYTHONPATH"] = os.pathsep.join([str(tmp_path), settings["PYTHONPATH"]])
    ended = subprocess.run(
        [sys.executable, "-m", "fring_http", "--help"],
        env=settings, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    assert "rich_click is not installed; install it with: " in ended.stderr
    assert "[server,embedded]" in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "redirected", "words"),
    [
        (("openapi", "--output", "/nowhere/x"), {}, "No such file"),
        (("config", "show"), {"stdout": "/dev/full"}, "No space left"),
    ],
)
def test_what_a_system_refuses_is_a_line(tmp_path, arguments, redirected, words):
    with Path(redirected.get("stdout", os.devnull)).open("w") as output:
        ended = subprocess.run(
            [sys.executable, "-m", "fring_http", *arguments],
            env=environment(), cwd=tmp_path, stdout=output, stderr=subprocess.PIPE, text=True,
            check=False,
        )  # fmt: skip
    assert (ended.returncode, words in ended.stderr) == (1, True), ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_inputs_and_outputs_are_no_obstacle(tmp_path, closed):
    port = free_port()
    command = f"exec {sys.executable} -m fring_http serve {closed}"
    with subprocess.Popen(
        ["bash", "-c", command],
        env=environment(PORT=str(port), DATABASE_URL="memory://"),
        cwd=tmp_path,
    ) as process:

        def is_there():
            try:
                return httpx.get(f"http://127.0.0.1:{port}/health", verify=False).is_success
            except httpx.TransportError:
                return False

        await_condition(is_there)
        process.terminate()
        assert process.wait(DEADLINE) == 0


def test_a_reload_that_is_asked_for_during_a_reload_is_done(tmp_path, new_database):
    with serving(tmp_path, DATABASE_URL=new_database()) as server:
        for _ in range(2):
            server.process.send_signal(signal.SIGHUP)
            time.sleep(0.2)
        await_condition(lambda: server.log.read_text().count(" replaces ") == 2)
