"""Servers that are started and ended as an operator does it, and a proxy in front of them."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import httpx
import psutil

from benchmarks.ports import free_port
from tests.deploy.files import NGINX_CONF
from tests.serving import DEADLINE, await_condition, environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAIN_CONF: Final = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log warn;
worker_processes 1;
events {{ worker_connections 1024; }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


class Instance:
    """Hold one `fring serve`, which can be ended and started anew on the same port."""

    def __init__(self, folder: Path, **settings: str) -> None:
        folder.mkdir()
        self.port = free_port()
        self.log = folder / "log"
        self._folder, self._settings = folder, settings
        self.start()

    def start(self) -> None:
        """Start it, and wait until it is ready."""
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "fring_http", "serve"],
                env=environment(PORT=str(self.port), **self._settings),
                cwd=self._folder,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        await_condition(self.is_ready)

    def is_ready(self) -> bool:
        """Tell whether callers may be sent to it."""
        try:
            answer = httpx.get(f"http://127.0.0.1:{self.port}/health/ready", verify=False)
        except httpx.TransportError:
            return False
        return answer.is_success

    def workers(self) -> list[psutil.Process]:
        """Return the processes that serve."""
        return psutil.Process(self.process.pid).children()

    def end(self) -> None:
        """Tell it to end as a service manager does, and wait until it has."""
        self.process.terminate()
        assert self.process.wait(DEADLINE) == 0, self.log.read_text()


@contextmanager
def fleet(folder: Path, number: int, **settings: str) -> Iterator[list[Instance]]:
    """Run so many servers until the block ends."""
    instances: list[Instance] = []
    try:
        instances.extend(Instance(folder / f"fring-{each}", **settings) for each in range(number))
        yield instances
    finally:
        for instance in instances:
            if instance.process.poll() is None:
                instance.end()


def site(port: int, upstreams: list[int]) -> str:
    """Return `deploy/nginx.conf` with these ports in place of its own; raise if it has others."""
    text = NGINX_CONF.read_text()
    for old, new in zip((8001, 8002), upstreams, strict=True):
        assert text.count(f"127.0.0.1:{old}") == 1
        text = text.replace(f"127.0.0.1:{old}", f"127.0.0.1:{new}")
    text, changed = re.subn(r"(?m)^    listen 80;", f"    listen 127.0.0.1:{port};", text)
    assert changed == 1
    return text


@contextmanager
def nginx(folder: Path, upstreams: list[int]) -> Iterator[int]:
    """Run nginx with the file of this repository in front of servers, and give its port."""
    folder.mkdir()
    port = free_port()
    (folder / "site.conf").write_text(site(port, upstreams))
    main = folder / "nginx.conf"
    main.write_text(MAIN_CONF.format(folder=folder))
    with subprocess.Popen(
        ["nginx", "-c", main, "-p", folder, "-e", folder / "error.log"]
    ) as process:
        try:
            await_condition(lambda: _listens(port) or process.poll() is not None)
            assert process.poll() is None
            yield port
        finally:
            process.send_signal(signal.SIGQUIT)
            process.wait(DEADLINE)


def _listens(port: int) -> bool:
    try:
        httpx.get(f"http://127.0.0.1:{port}/health", verify=False)
    except httpx.TransportError:
        return False
    return True
