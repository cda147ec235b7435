"""With the extra `server`: the command serves; with settings for others, if they are there."""

import json
import os
import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

with socket.create_server(("127.0.0.1", 0)) as free:
    port = free.getsockname()[1]
url = f"http://127.0.0.1:{port}"
settings = {"DATABASE_URL": "memory://", "HOST": "127.0.0.1", "PORT": str(port)}
more = {
    "FRING_SERVER": "uvicorn",
    "FRING_TRACES": "http://127.0.0.1:9",
    "SENTRY_DSN": "http://key@127.0.0.1:9/1",
}
command = [Path(sys.executable).parent / "fring"]
checked = subprocess.run(
    [*command, "config", "check"], env=os.environ | settings | more, check=False
)
are_there = find_spec("sentry_sdk") is not None
assert checked.returncode == (not are_there)
settings |= more if are_there else {}


def opened(request: str | Request) -> object:
    """Return what the server answers, tried until it does."""
    for _ in range(300):
        try:
            with urlopen(request) as response:
                return json.load(response)
        except URLError:
            assert server.poll() is None, "the server ended"
            time.sleep(0.1)
    raise AssertionError("the server does not answer")


with subprocess.Popen([*command, "serve"], env=os.environ | settings) as server:
    try:
        opened(f"{url}/health")
        created = opened(
            Request(
                f"{url}/api/v1/tasks",
                data=b'{"title": "Water the plants"}',
                headers={"Content-Type": "application/json"},
            )
        )
        assert opened(f"{url}/api/v1/tasks") == [created]
    finally:
        server.terminate()
assert server.returncode == 0
