"""Send many inputs to a server, count what comes back, and look at the server afterwards."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from typing import TYPE_CHECKING, Final

import attrs
import httpx
import psutil

from tests.fuzz.exchange import exchange
from tests.http.tokens import bearer
from tests.serving import await_condition

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.fuzz.exchange import Answer
    from tests.fuzz.inputs import Input
    from tests.serving import Server

AT_ONCE: Final = 32  # more would measure how many connections the pool has
MOST_WRONG: Final = 20  # one of a kind is enough
METRICS_TOKEN: Final = "of the fuzzer alone"
_HUNG_UP: Final = "hung up"
_GAUGES: Final = re.compile(
    r"^fring_(?:pool_connections_in_use|pool_callers_waiting|http_requests_in_flight)\S* (\S+)$",
    re.MULTILINE,
)
_SERVED: Final = 200


@attrs.define
class Outcome:
    """Count answers by status, and hold what went wrong, with the number of its input."""

    counts: Counter[int | str] = attrs.field(factory=Counter)
    wrong: list[tuple[Input, Answer]] = attrs.field(factory=list)

    def take(self, given: Input, answer: Answer) -> None:
        """Count an answer."""
        self.counts.update(answer.statuses or [_HUNG_UP])
        if answer.wrong:
            self.wrong.append((given, answer))

    def __str__(self) -> str:
        """Return the counts on a line."""
        return ", ".join(f"{what}: {count}" for what, count in sorted(self.counts.items(), key=str))


def send_all(port: int, inputs: Iterable[Input]) -> Outcome:
    """Send inputs, some at once, each on its own connection; stop early when much goes wrong."""
    outcome = Outcome()

    async def send() -> None:
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(given: Input) -> None:
            try:
                outcome.take(given, await exchange(port, given, turns))
            finally:
                turns.release()

        async with asyncio.TaskGroup() as group:
            for given in inputs:
                await turns.acquire()
                if len(outcome.wrong) >= MOST_WRONG:
                    break
                group.create_task(one(given))

    asyncio.run(send())
    return outcome


def check_rests(server: Server) -> None:
    """Assert that a server is well, and has let go of all that it had; wait until it has."""
    workers = psutil.Process(server.process.pid).children()
    assert workers
    with httpx.Client(base_url=server.url, verify=False) as client:
        assert client.get("/health/ready").status_code == _SERVED

        def is_idle() -> bool:
            page = client.get("/metrics", headers=bearer(METRICS_TOKEN))
            assert page.status_code == _SERVED
            # The one that asks is at work itself when the numbers are taken, or not yet.
            return sum(map(float, _GAUGES.findall(page.text))) <= 1

        await_condition(is_idle)
    await_condition(lambda: not any(map(_holds, workers)))


def _holds(worker: psutil.Process) -> bool:
    """Tell whether a worker has a connection to a client."""
    connections = worker.net_connections("tcp")
    ports = {each.laddr.port for each in connections if each.status == psutil.CONN_LISTEN}
    return any(
        each.laddr.port in ports and each.status != psutil.CONN_LISTEN for each in connections
    )
