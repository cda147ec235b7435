"""The Hurl files pass, twice in a row: by our own reader, and by Hurl where it is installed."""

import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.http.hurl import read
from tests.http.hurl_run import run
from tests.serving import DEADLINE

FILES = Path(__file__).parents[1] / "hurl"


def run_with_the_reader(file, host, port):
    with httpx.Client(timeout=DEADLINE, verify=False) as client:
        run(read(file.read_text()), {"host": host, "port": port}, client)


def run_with_hurl(file, host, port):
    variables = ["--variable", f"host={host}", "--variable", f"port={port}"]
    subprocess.run(["hurl", "--test", *variables, file], check=True, timeout=DEADLINE)


RUNNERS = [run_with_the_reader, *([run_with_hurl] if shutil.which("hurl") else [])]


@pytest.mark.parametrize("runner", RUNNERS)
@pytest.mark.parametrize("name", ["user", "task"])
def test_the_files_pass_twice(server, name, runner):
    address = urlsplit(server)
    for _ in range(2):
        runner(FILES / f"{name}.hurl", address.hostname, address.port)


def test_there_are_no_other_files():
    assert {file.name for file in FILES.iterdir()} == {"user.hurl", "task.hurl"}
