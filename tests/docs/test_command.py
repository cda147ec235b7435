"""What `docs/command.md` shows is what the command prints, on a terminal and in a pipe."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from benchmarks.ports import free_port
from fring_http.server.command.cli import GROUPS
from tests.docs.pages import ROOT, blocks, table
from tests.serving import DEADLINE, environment, serving

PAGE = ROOT / "docs/command.md"
HERE = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
GREETED = b"authentication"
_STYLE = re.compile(rb"\x1b\[[0-9;]*m")


def shown(language):
    return [block.text for block in blocks(PAGE) if block.language == language]


def check(printed, said):
    # A busy machine's PostgreSQL may take so long to start that it is told.
    said = re.sub(r"^fring: PostgreSQL is not ready yet.*\n", "", said)
    assert re.fullmatch(re.escape(printed.strip()).replace("…", ".*"), said.strip()), said


def test_the_groups():
    overview = shown("text")[0]
    assert [re.split(r" {2,}", line) for line in overview.splitlines()] == [
        [heading, ", ".join(str(each.name) for each in commands)]
        for heading, commands in GROUPS.items()
    ]


def test_each_command_has_a_row():
    rows = [row[0] for row in table(PAGE, "command", "does")]
    for commands in GROUPS.values():
        for command in commands:
            assert any(re.search(rf"\bfring {command.name}\b", row) for row in rows), command.name


def test_the_start_on_a_terminal(tmp_path):
    _, command, printed = re.split(r"^\$ (.*)\n", shown("text")[1], maxsplit=1, flags=re.MULTILINE)
    assert command == "fring serve"
    port = free_port()
    settings = environment(PORT=str(port), TERM="xterm", COLUMNS="200")
    settings.pop("NO_COLOR", None)
    pid, terminal = pty.fork()
    if pid == 0:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # or it is ignored where this process does
        os.chdir(tmp_path)
        os.execve(sys.executable, [sys.executable, "-m", "fring_http", "serve"], settings)
    said = b""

    def read():
        nonlocal said
        if not select.select([terminal], [], [], DEADLINE)[0]:
            return False
        with suppress(OSError):  # how Linux says that nobody has it open any more
            more = os.read(terminal, 10_000)
            said += more
            return bool(more)
        return False

    while GREETED not in said and read():
        pass
    assert httpx.get(f"http://127.0.0.1:{port}/api/v1/tasks", verify=False).status_code == 200
    while b"status" not in said and read():
        pass
    os.kill(pid, signal.SIGTERM)
    while read():
        pass
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0, said
    assert said != _STYLE.sub(b"", said), "it is in colour"
    check(printed, _STYLE.sub(b"", said).decode().replace("\r\n", "\n"))


def test_the_start_in_a_pipe(tmp_path):
    with serving(tmp_path) as server:
        httpx.get(f"{server.url}/api/v1/tasks", verify=False)
    check(shown("text")[2].partition("\n")[2], server.log.read_text())


@pytest.mark.parametrize("session", shown("console"))
def test_sessions(session, tmp_path):
    command, _, printed = session.removeprefix("$ ").partition("\n")
    done = subprocess.run(
        ["bash", "-c", command.replace("PORT=…", f"PORT={free_port()}")],
        env={k: v for k, v in environment().items() if k != "DATABASE_URL"} | HERE,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    check(printed, done.stdout)
    assert done.returncode == ("serve" in command or "import" in command)
