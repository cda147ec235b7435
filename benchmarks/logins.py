"""Measure whether logins hold up everybody else.

    python benchmarks/logins.py [seconds]

runs a real server in secret mode on the embedded PostgreSQL and reads one task, over and over, on
four connections, at a steady hundred requests a second. That is done twice, for 10 seconds each
(or as many as said): first alone, then while 32 clients log in as fast as they are answered, from
a process of their own. It prints the 99th percentile of the reads both times, in milliseconds,
and the ratio of the two, which is to stay under 3. What else runs on the machine spoils it.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

READERS, READS_A_SECOND, LOGINS = 4, 100, 32
ACCOUNT = {"username": "ann", "email": "ann@example.com", "password": "correct horse battery"}
LOGIN = {"username": ACCOUNT["username"], "password": ACCOUNT["password"]}


class Client:
    """Hold one connection to the server, kept open."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()

    async def send(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        """Send a request, return the JSON that answers it; exit if that is no success."""
        content = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(content)}"]
        lines += ["Content-Type: application/json"] if content else []
        lines += [f"Authorization: Bearer {token}"] if token else []
        self._writer.write("\r\n".join([*lines, "", ""]).encode() + content)
        head = await self._reader.readuntil(b"\r\n\r\n")
        status, *fields = head.decode().lower().split("\r\n")
        length = next(int(field[15:]) for field in fields if field.startswith("content-length:"))
        answer = await self._reader.readexactly(length)
        if status.split()[1] not in ("200", "201"):
            sys.exit(f"{method} {path}: {status} {answer.decode()}")
        return json.loads(answer)


async def read(port: int, path: str, token: str, seconds: float) -> list[float]:
    """Read a path at the steady rate; return how long each took from when it was due."""
    times: list[float] = []
    interval = READERS / READS_A_SECOND

    async def reader(number: int) -> None:
        async with Client(port) as client:
            start = time.perf_counter() + interval * number / READERS
            for turn in range(int(seconds / interval)):
                due = start + turn * interval
                await asyncio.sleep(max(0, due - time.perf_counter()))
                await client.send("GET", path, token=token)
                times.append(time.perf_counter() - due)

    await asyncio.gather(*map(reader, range(READERS)))
    return times


def log_in(port: int, report: Connection) -> None:
    """Log in on 32 connections until told to stop; report how often, before and after."""

    async def client(done: list[int]) -> None:
        async with Client(port) as client:
            while not report.poll():
                await client.send("POST", "/api/v1/auth/login", LOGIN)
                done[0] += 1

    async def everybody() -> int:
        done = [0]
        await asyncio.gather(*(client(done) for _ in range(LOGINS)))
        return done[0]

    report.send(0)
    report.send(asyncio.run(everybody()))


async def measure(port: int, seconds: float) -> None:
    """Set up an account and a task, read it in quiet and under logins, and print both."""
    async with Client(port) as client:
        await client.send("POST", "/api/v1/auth/register", ACCOUNT)
        token = (await client.send("POST", "/api/v1/auth/login", LOGIN))["access_token"]
        task = await client.send("POST", "/api/v1/tasks", {"title": "read"}, token)
    path = f"/api/v1/tasks/{task['id']}"
    await read(port, path, token, 2)  # warm up
    quiet = percentile(await read(port, path, token, seconds))
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=log_in, args=(port, theirs))
    process.start()
    theirs.close()  # or its end would not be seen here
    await asyncio.to_thread(ours.recv)
    await asyncio.sleep(1)
    began = time.perf_counter()
    busy = percentile(await read(port, path, token, seconds))
    ours.send("stop")
    done = await asyncio.to_thread(ours.recv)
    rate = done / (time.perf_counter() - began + 1)
    await asyncio.to_thread(process.join)
    print(f"p99 quiet         {quiet:6.2f} ms")
    print(f"p99 under logins  {busy:6.2f} ms  ({LOGINS} clients, about {rate:.0f} logins/s)")
    print(f"ratio             {busy / quiet:6.2f}")


def percentile(times: list[float]) -> float:
    """Return the 99th percentile of seconds, in milliseconds."""
    return statistics.quantiles(times, n=100)[98] * 1000


def main() -> None:
    """Run the server in a folder of its own, measure, and stop it."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port = sock.getsockname()[1]
    path = [str(Path(entry).resolve()) for entry in os.environ.get("PYTHONPATH", "").split(":")]
    settings = {
        "DATABASE_URL": "",
        "PORT": str(port),
        "BETTER_AUTH_SECRET": os.urandom(32).hex(),
        "LOG_LEVEL": "error",
        "FRING_RATE_LOGIN": "off",
        "PYTHONPATH": ":".join(path),
    }
    with (
        TemporaryDirectory(prefix="fring-logins-") as folder,
        subprocess.Popen(
            [sys.executable, "-m", "fring_http", "serve"], cwd=folder, env=os.environ | settings
        ) as server,
    ):
        try:
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline:
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except ConnectionRefusedError:
                    time.sleep(0.1)
            asyncio.run(measure(port, seconds))
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
