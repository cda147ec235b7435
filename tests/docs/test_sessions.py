"""The documentation's shell sessions, line by line, against a real server on a new database."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, Block, blocks, headings
from tests.serving import DEADLINE, environment, serving

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")
MARK = "<the next block>"
SECRET = {"BETTER_AUTH_SECRET": "thirty-two bytes, or a few more of them"}

# Each section that has a session, and the settings that its words give to the server.
SECTIONS = {
    (ROOT / "docs/http-api.md", "## By example"): {},
    (ROOT / "docs/http-api.md", "## Lost updates"): {},
    (ROOT / "docs/http-api.md", "## Retries"): {},
    (ROOT / "docs/identity.md", "## Try it"): SECRET,
    (ROOT / "docs/identity.md", "## Accounts"): SECRET,
    (ROOT / "docs/personal-lists.md", "## By example"): {},
    (ROOT / "docs/personal-lists.md", "## With a token"): SECRET,
}


def session(page, heading):
    """Return the commands of a section, each with the answer printed below it, or nothing."""
    names = headings(page, level=2)
    found = [block for block in blocks(page) if _section(names, block.line) == heading]
    answers = [*found[1:], Block(0, "", "")]
    return [
        (command.text, answer.text if answer.language in ("json", "text") else "")
        for command, answer in zip(found, answers, strict=True)
        if command.language == "bash"
    ]


def _section(names, line):
    return max(((start, name) for start, name in names if start < line), default=(0, ""))[1]


def run(commands, folder, environment):
    """Run the blocks in one shell, and return what each of them printed."""
    script = f"\necho '{MARK}'\n".join(commands)
    done = subprocess.run(
        ["bash", "-c", script],
        env=environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    return done.stdout.split(f"{MARK}\n")


def tools(folder):
    """Return a PATH with Fring's commands and a curl, and where that finds its settings."""
    folder.mkdir()
    if shutil.which("curl") is None:
        stand_in = folder / "curl"
        stand_in.write_text(
            f'#!/bin/sh\nexec "{sys.executable}" "{ROOT}/tests/docs/curl.py" "$@"\n'
        )
        stand_in.chmod(0o755)
    (folder / ".curlrc").write_text("silent\nshow-error\n")
    path = [str(folder), str(Path(sys.executable).parent), os.environ["PATH"]]
    return {"PATH": os.pathsep.join(path), "CURL_HOME": str(folder)}


def lines(text):
    """Return what a terminal shows; an answer has no line's end, so the next begins anywhere."""
    return MOMENT.sub("<moment>", text.replace("\r", "").replace("\n", ""))


def test_every_session_is_run():
    found = {
        (page, _section(headings(page, level=2), block.line))
        for page in PAGES
        for block in blocks(page)
        if block.language == "bash"
    }
    assert found == SECTIONS.keys()
    assert len(session(ROOT / "docs/http-api.md", "## By example")) == 4


@pytest.mark.parametrize(
    ("page", "heading"), SECTIONS, ids=[f"{page.stem}-{heading[3:]}" for page, heading in SECTIONS]
)
def test_every_line_answers_as_printed(page, heading, tmp_path, new_database):
    settings = SECTIONS[page, heading]
    steps = session(page, heading)
    with serving(tmp_path, DATABASE_URL=new_database(), **settings) as server:
        commands = [
            command.replace("localhost:8000", f"127.0.0.1:{server.port}") for command, _ in steps
        ]
        data = {"DATABASE_URL": server.database_url}  # for `fring user`
        here = environment(**settings, **data, **tools(tmp_path / "tools"))
        printed = run(commands, tmp_path, here)
    for (command, answer), shown in zip(steps, printed, strict=True):
        expected = re.escape(lines(answer)).replace("…", ".+")
        assert re.fullmatch(expected, lines(shown)), f"{command}\n{shown}"
        # And each moment is one: a wrong mask would hide it.
        assert len(MOMENT.findall(shown)) == len(MOMENT.findall(answer)), shown
