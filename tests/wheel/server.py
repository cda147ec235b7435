"""With the extra `server`: the command serves."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

with socket.create_server(("127.0.0.1", 0)) as free:
    port = free.getsockname()[1]
url = f"http://127.0.0.1:{port}"
settings = {"DATABASE_URL": "memory://", "HOST": "127.0.0.1", "PORT": str(port)}


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


with subprocess.Popen(
    [Path(sys.executable).parent / "fring", "serve"], env=os.environ | settings
) as server:
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
