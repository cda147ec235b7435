"""The servers that are compared answer the same, or there would be nothing to compare."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any, Final

import uvloop

from benchmarks.client import Client
from benchmarks.operations import OPERATIONS, on

if TYPE_CHECKING:
    from benchmarks.load import MakeScript
    from benchmarks.servers import Server

_ANSWERS: Final = 4


def check_sameness(servers: dict[str, Server], tasks: int) -> None:
    """Raise `RuntimeError` if they answer some operation differently.

    Texts for people may differ, as may moments, which each takes and writes in its way.
    """
    for name, operation in OPERATIONS.items():
        answers = {
            each: uvloop.run(_answers(server.port, on(tasks, operation)))
            for each, server in servers.items()
        }
        first, *others = answers.values()
        if any(other != first for other in others):
            raise RuntimeError(f"{name} is answered differently: {answers}")


async def _answers(port: int, make: MakeScript) -> list[tuple[int, Any]]:
    script = make(Random("same"))  # noqa: S311  # at each of them
    raw = next(script)
    got = []
    async with Client(port) as client:
        for _ in range(_ANSWERS):
            status, body = await client.ask(raw)
            got.append((status, json.loads(body, object_hook=_comparable) if body else None))
            raw = script.send(body)
    return got


def _comparable(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in fields.items()
        if name != "message" and not name.endswith("_at")
    }
