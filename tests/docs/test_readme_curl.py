"""The README's curl session, line by line, against a real server on a new database."""

import argparse
import json
import re
import shlex
import shutil
import subprocess
from itertools import pairwise

import httpx
import pytest

from tests.docs.pages import README, blocks
from tests.serving import DEADLINE, serving

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")


def session():
    """Return the commands of the README, each with the answer printed below it."""
    found = blocks(README)
    return [
        (command.text, answer.text)
        for command, answer in pairwise(found)
        if command.language == "bash"
    ]


def with_curl(command):
    return subprocess.run(
        ["bash", "-c", command.replace("curl ", "curl --silent --show-error ", 1)],
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=True,
    ).stdout


def with_httpx(command):
    """Do what curl would with the options that the README uses; refuse any other."""
    parser = argparse.ArgumentParser()
    parser.add_argument("-X", default="GET")
    parser.add_argument("-H", action="append", default=[])
    parser.add_argument("-d")
    parser.add_argument("url")
    _, *words = shlex.split(command.replace("\\\n", ""))
    given = parser.parse_args(words)
    headers = dict(header.split(": ", 1) for header in given.H)
    return httpx.request(
        given.X, given.url, headers=headers, content=given.d, timeout=DEADLINE, verify=False
    ).text


def test_the_session_is_whole():
    assert len(session()) == 4
    assert all(command.startswith("curl ") for command, _ in session())


@pytest.mark.parametrize("store", ["memory", "postgres"])
# Where curl is missing, its translation does all the work.
@pytest.mark.parametrize("send", [with_curl, with_httpx] if shutil.which("curl") else [with_httpx])
def test_every_line_answers_as_printed(send, store, tmp_path, request):
    url = "memory://" if store == "memory" else request.getfixturevalue("new_database")()
    with serving(tmp_path, DATABASE_URL=url) as server:
        for command, answer in session():
            assert "localhost:8000" in command
            shown = send(command.replace("localhost:8000", f"127.0.0.1:{server.port}"))
            assert MOMENT.sub("<moment>", shown) == MOMENT.sub("<moment>", answer.strip())
            # And each moment is one: a wrong mask would hide it.
            assert len(MOMENT.findall(shown)) == len(MOMENT.findall(answer)), shown
            json.loads(shown)
