"""Measure whether logins hold up everybody else.

    python -m benchmarks.logins [seconds]

runs a real server in secret mode and reads one task, over and over, on four connections, at a
steady hundred requests a second. That is done twice, for 10 seconds each (or as many as said):
first alone, then while 32 clients log in as fast as they are answered, from a process of their own.
It prints the 99th percentile of the reads both times, in milliseconds, and the ratio of the two,
which is to stay under 3. What else runs on the machine spoils it.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
import time
from typing import TYPE_CHECKING, Final

from benchmarks.client import Client, request
from benchmarks.load import at_rate
from benchmarks.places import place
from benchmarks.servers import FRING, serving

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from random import Random

    from benchmarks.load import Script

READERS, READS_A_SECOND, LOGINS = 4, 100, 32
ACCOUNT: Final = {
    "username": "ann",
    "email": "ann@example.com",
    "password": "correct horse battery",
}
LOGIN: Final = {"username": ACCOUNT["username"], "password": ACCOUNT["password"]}
SETTINGS: Final = {
    "FRING_AUTH": "secret",
    "BETTER_AUTH_SECRET": os.urandom(32).hex(),
    "FRING_RATE_LOGIN": "off",
}


async def read(port: int, raw: bytes, seconds: float) -> float:
    """Send a request at the steady rate; return the 99th percentile, in milliseconds."""

    def script(_: Random) -> Script:
        while True:
            yield raw

    load = await at_rate(port, script, rate=READS_A_SECOND, seconds=seconds, connections=READERS)
    load.check("reads")
    return load.percentile(99)


def log_in(port: int, clients: int, report: Connection) -> None:
    """Log in on so many connections until told to stop; report how often, before and after."""

    async def client(done: list[int]) -> None:
        async with Client(port) as client:
            while not report.poll():
                await client.send("POST", "/api/v1/auth/login", LOGIN)
                done[0] += 1

    async def everybody() -> int:
        done = [0]
        await asyncio.gather(*(client(done) for _ in range(clients)))
        return done[0]

    report.send(0)
    report.send(asyncio.run(everybody()))


async def measure(port: int, seconds: float, clients: int) -> str:
    """Set up an account and a task, read it in quiet and under logins; return both, in words."""
    async with Client(port) as client:
        await client.send("POST", "/api/v1/auth/register", ACCOUNT)
        token = (await client.send("POST", "/api/v1/auth/login", LOGIN))["access_token"]
        task = await client.send("POST", "/api/v1/tasks", {"title": "read"}, token)
    raw = request("GET", f"/api/v1/tasks/{task['id']}", token=token)
    await read(port, raw, min(seconds, 2))  # warm up
    quiet = await read(port, raw, seconds)
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=log_in, args=(port, clients, theirs)
    )
    process.start()
    theirs.close()  # or its end would not be seen here
    await asyncio.to_thread(ours.recv)
    await asyncio.sleep(min(seconds, 1))
    began = time.perf_counter()
    busy = await read(port, raw, seconds)
    ours.send("stop")
    done = await asyncio.to_thread(ours.recv)
    rate = done / (time.perf_counter() - began + 1)
    await asyncio.to_thread(process.join)
    return (
        f"p99 quiet         {quiet:6.2f} ms\n"
        f"p99 under logins  {busy:6.2f} ms  ({clients} clients, about {rate:.0f} logins/s)\n"
        f"ratio             {busy / quiet:6.2f}"
    )


def logins(url: str, seconds: float, clients: int = LOGINS) -> str:
    """Run the server and measure, on an empty board; return what came of it, in words."""
    with (
        place(url) as found,
        serving(FRING, found.board(0), found.folder, SETTINGS) as server,
    ):
        return asyncio.run(measure(server.port, seconds, clients))


if __name__ == "__main__":
    print(logins(os.environ.get("DATABASE_URL", ""), float([*sys.argv, "10"][1])))
