"""Requests drawn from the server's own OpenAPI document: it keeps every promise made there.

What the document takes is accepted, what it does not take is refused, and each answer is as it says.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.http.tokens import as_user

ROOT = Path(__file__).parents[2]
CONFIG = Path(__file__).with_name("schemathesis.toml")
# Histories are left to `make fuzz`: fring_machine and test_client_histories.py have more of them.
SHORT = ("--phases", "examples,coverage,fuzzing")


def run(url, *options):
    """Let Schemathesis try every operation; return how many requests it has sent."""
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG)]
    command += ["run", f"{url}/openapi.json", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (sent,) = re.findall(r"(\d+) generated", done.stdout)
    return int(sent)


# One store will do: PostgreSQL, which would fail where the memory store accepts anything.
@pytest.mark.parametrize("server", ["postgres"], indirect=True)
def test_answers_are_as_documented(server):
    assert run(server, *SHORT, "--max-examples", "10") > 1000


@pytest.mark.parametrize("secured", ["memory"], indirect=True)
def test_answers_are_as_documented_where_tokens_are_wanted(secured):
    (header,) = as_user("me", "admin").values()
    options = [*SHORT, "--header", f"Authorization: {header}", "--max-examples", "4"]
    assert run(secured.url, *options) > 1000
