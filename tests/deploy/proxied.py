"""What a caller hears through nginx: of bodies, heads and silence, and who it is taken for."""

from __future__ import annotations

import json
import socket
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import httpx

from tests.deploy.fleet import fleet, nginx
from tests.serving import await_condition

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.deploy.fleet import Instance

MIB = 2**20
TASKS = "/api/v1/tasks"
JSON = {"Content-Type": "application/json"}
FORGED = {
    "X-Forwarded-For": "192.0.2.1",
    "X-Forwarded-Host": "evil.example",
    "Forwarded": "for=192.0.2.2;host=evil.example",
}


def answers(folder: Path, url: str) -> str:
    """Check what large bodies, slow clients and long heads are answered with."""
    folder.mkdir()
    with ExitStack() as stack:
        both = stack.enter_context(fleet(folder, 2, DATABASE_URL=url))
        port = stack.enter_context(nginx(folder / "nginx", [each.port for each in both]))
        client = stack.enter_context(
            httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False)
        )

        def post(size: int) -> tuple[int, str]:
            answer = client.post(TASKS, content=b" " * size, headers=JSON)
            return answer.status_code, answer.headers["content-type"]

        began = time.monotonic()
        slow = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
        slow.sendall(
            b"POST /api/v1/tasks HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n"
            b"Content-Type: application/json\r\n\r\n{"
        )
        task = client.post(TASKS, json={"title": "x", "description": "y" * 1000})
        assert task.status_code == httpx.codes.CREATED
        for size in (MIB + 1, 15 * MIB):
            assert post(size) == (413, "application/json"), size
        assert post(17 * MIB) == (413, "text/html")  # nginx's own words

        def get(path: str, **headers: str) -> int:
            return client.get(f"http://127.0.0.1:{port}{path}", headers=headers).status_code

        assert get(TASKS, Cookie="x" * 12_000) == httpx.codes.OK
        assert get(TASKS, Cookie="x" * 20_000) == httpx.codes.BAD_REQUEST
        assert get(TASKS + "?title=" + "x" * 20_000) == httpx.codes.REQUEST_URI_TOO_LONG
        for path in ("/metrics", "/metrics/", "//metrics", "/%6detrics", "/x/../metrics"):
            assert get(path) == httpx.codes.NOT_FOUND, path
        assert client.get(TASKS, headers={"X-Request-ID": "mine"}).headers["x-request-id"] == "mine"
        assert client.get(TASKS).headers["x-request-id"]
        slow.settimeout(15)
        assert slow.recv(100).startswith(b"HTTP/1.1 408")
        took = time.monotonic() - began
    return f"bodies to 17 MiB, heads to 20 KB, /metrics, X-Request-ID; a slow body heard 408 after {took:.0f} s"


def who_is_believed(folder: Path, url: str) -> str:
    """Check that the caller is told by a trusted proxy alone, and by no caller itself."""
    folder.mkdir()
    for name, trusted, of_proxy in (
        ("trusting", "127.0.0.1", "127.0.0.2"),
        ("else", "", "127.0.0.1"),
    ):
        (folder / name).mkdir()
        settings = {"DATABASE_URL": url, "FRING_TRUSTED_PROXIES": trusted}
        with fleet(folder / name, 2, **settings) as both:
            ports = [each.port for each in both]
            with nginx(folder / name / "nginx", ports) as port:
                # The whole of 127.0.0.0/8 is this machine: a caller of another address than the proxy.
                transport = httpx.HTTPTransport(local_address="127.0.0.2")
                with httpx.Client(transport=transport) as client:
                    for _ in range(4):
                        answer = client.get(f"http://127.0.0.1:{port}{TASKS}", headers=FORGED)
                        assert answer.is_success, answer.text
            await_condition(lambda both=both: len([*_callers(both)]) == 4)
            assert {*_callers(both)} == {of_proxy}, name
    return "callers are told by a trusted proxy alone, whatever they send"


def _callers(instances: list[Instance]) -> Iterator[str]:
    for instance in instances:
        for line in instance.log.read_text().splitlines():
            if '"event":"request"' in line:
                yield json.loads(line)["client"]
