"""What `docs/troubleshooting.md` shows is what Fring prints and answers."""

import json
import os
import re
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from litestar.testing import TestClient

from benchmarks.ports import free_port
from fring_adapters.clock import utc_now
from fring_adapters.memory import MemoryStore
from fring_adapters.postgres import SchemaError, prepare
from fring_adapters.postgres.wire.urls import described, to_conninfo
from fring_core import Fring, StoreUnavailable
from fring_http.api.app import create_app
from tests.docs.pages import ROOT, blocks
from tests.serving import DEADLINE

PAGE = ROOT / "docs/troubleshooting.md"
HERE = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def shown(language):
    return [block.text for block in blocks(PAGE) if block.language == language]


def sessions():
    """Return the commands of the page, each with what it prints."""
    steps = [re.split(r"^\$ ", text, flags=re.MULTILINE)[1:] for text in shown("console")]
    return [tuple(step.split("\n", 1)) for session in steps for step in session]


@pytest.fixture(scope="module")
def databases(postgres, new_database):
    """Return the page's addresses, each with one here that has the same trouble."""
    role = f"fring_reader_{os.getpid()}"
    closed, theirs, newer, latin = (new_database() for _ in range(4))
    absent = urlsplit(theirs)._replace(path="/absent").geturl()
    host = urlsplit(closed).netloc.rpartition("@")[2]
    reader = urlsplit(closed)._replace(netloc=f"{role}:secret@{host}").geturl()
    execute(closed, "REVOKE ALL ON SCHEMA public FROM public")
    execute(theirs, "CREATE TABLE tasks (name text)")
    prepare(newer)
    execute(newer, "UPDATE fring_version SET version_num = '9999'")
    name = urlsplit(latin).path[1:]
    execute(postgres, f'DROP DATABASE "{name}"')
    execute(postgres, f"CREATE DATABASE \"{name}\" ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    execute(postgres, f"CREATE ROLE {role} LOGIN PASSWORD 'secret'")
    yield {
        "postgresql://ann@db.example/absent": absent,
        "postgresql://reader@db.example/closed": reader,
        "postgresql://ann@db.example/theirs": theirs,
        "postgresql://ann@db.example/newer": newer,
        "postgresql://ann@db.example/latin": latin,
    }
    execute(postgres, f"DROP ROLE {role}")


def execute(url, statement):
    with psycopg.connect(to_conninfo(url), autocommit=True) as connection:
        connection.execute(statement)


@contextmanager
def ports():
    """Give the page's ports as they are here: nobody listens on 5432, and somebody on 8000."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield {"5432": str(free_port()), "8000": str(taken.getsockname()[1])}


@pytest.mark.parametrize(("command", "printed"), sessions(), ids=[c for c, _ in sessions()])
def test_sessions(command, printed, databases, tmp_path):
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | HERE
    with ports() as moved:
        here = command
        for page, real in (moved | databases).items():
            here = here.replace(page, f"'{real}'" if "://" in page else real)
        done = subprocess.run(
            ["bash", "-c", here],
            env=environment,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=DEADLINE,
            check=False,
        )
    output = done.stdout
    for page, real in databases.items():
        output = output.replace(described(real), described(page))
    for page, real in moved.items():
        output = output.replace(real, page)
    anything = re.escape(printed.strip()).replace("…", ".*")
    assert re.fullmatch(anything, output.strip(), re.DOTALL), output
    assert done.returncode == (1 if "://" in command or "serve" in command else 0)


def test_an_older_database(new_database):
    url = new_database()
    prepare(url)
    execute(url, "UPDATE fring_version SET version_num = '0001'")
    with pytest.raises(SchemaError) as refused:
        prepare(url)
    text = str(refused.value).replace(described(url), "database 'older' at db.example:5432")
    assert f"fring: {text}\n" in shown("text")


class Away:
    """A store that cannot be reached."""

    def __getattr__(self, name):
        raise StoreUnavailable("away")


def test_answers():
    user = {"username": "ann", "email": "ann@example.org"}
    answers = []
    for store in (Away(), MemoryStore()):
        app: Any = create_app(Fring(store, clock=utc_now))
        with TestClient(app) as client:
            client.post("/api/v1/users", json=user)
            answers.append(client.post("/api/v1/users", json=user).json())
    assert [json.loads(text) for text in shown("json")] == answers
