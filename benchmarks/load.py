"""Load: scripts of requests, as fast as they are answered, or at a rate."""

from __future__ import annotations

import asyncio
import statistics
from collections import Counter
from collections.abc import Callable, Generator
from random import Random
from time import perf_counter
from typing import TypeAlias

import attrs

from benchmarks.client import Client, is_success

# Yields requests for ever, and is sent the body of each answer.
Script: TypeAlias = Generator[bytes, bytes, None]
MakeScript: TypeAlias = Callable[[Random], Script]


@attrs.define
class Load:
    """Count what became of requests.

    `times` are the seconds that each took, `failures` the statuses that are no success.
    """

    times: list[float] = attrs.field(factory=list)
    failures: Counter[int] = attrs.field(factory=Counter)
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        """Return how many requests were answered in a second."""
        return len(self.times) / self.seconds

    def percentile(self, percent: int) -> float:
        """Return the time within which so many percent were answered, in milliseconds."""
        if percent == 50:  # noqa: PLR2004  # the median, of few as well
            return statistics.median(self.times) * 1000
        return statistics.quantiles(self.times, n=100)[percent - 1] * 1000

    def check(self, what: str, most: float = 0) -> None:
        """Raise `RuntimeError` if more requests failed."""
        if self.failures.total() > most:
            raise RuntimeError(f"{what}: of {len(self.times)} requests {dict(self.failures)}")

    def add(self, seconds: float, status: int) -> None:
        """Note an answer."""
        self.times.append(seconds)
        if not is_success(status):
            self.failures[status] += 1


async def flood(
    port: int,
    make: MakeScript,
    *,
    connections: int,
    seconds: float = 1e9,
    requests: float = float("inf"),
    seed: int = 0,
) -> Load:
    """Send requests on connections, each as soon as the one before is answered.

    Another seed has other requests. End after some time, or some number of requests, whatever is first; each sends one at least.
    """
    load = Load()
    began = perf_counter()
    end = began + seconds
    begun = 0

    async def caller(number: int) -> None:
        nonlocal begun
        script = make(Random(f"{seed} {number}"))  # noqa: S311  # the same load each time
        raw = next(script)
        async with Client(port) as client:
            now = perf_counter()
            while True:  # once at least
                begun += 1
                sent = now
                status, body = await client.ask(raw)
                now = perf_counter()
                load.add(now - sent, status)
                if now >= end or begun >= requests:
                    break
                raw = script.send(body)

    await asyncio.gather(*map(caller, range(connections)))
    load.seconds = perf_counter() - began
    return load


async def at_rate(
    port: int,
    make: MakeScript,
    *,
    rate: float,
    seconds: float,
    connections: int,
    seed: int = 0,
) -> Load:
    """Send so many requests a second; a request's time begins when it was due."""
    load = Load(seconds=seconds)
    interval = connections / rate
    began = perf_counter() + 0.05

    async def caller(number: int) -> None:
        script = make(Random(f"{seed} {number}"))  # noqa: S311  # as above
        raw = next(script)
        async with Client(port) as client:
            for turn in range(max(1, int(seconds / interval))):
                due = began + (turn + number / connections) * interval
                await asyncio.sleep(max(0, due - perf_counter()))
                status, body = await client.ask(raw)
                load.add(perf_counter() - due, status)
                raw = script.send(body)

    await asyncio.gather(*map(caller, range(connections)))
    return load
