"""How much is measured: enough to trust it, a glance, or just that it works."""

from __future__ import annotations

from typing import Final

import attrs


@attrs.frozen
class Effort:
    """Say how often and how long each thing is measured."""

    tasks: int = 100_000  # on the board of most measurements; a tenth as many users
    rounds: int = 3
    seconds: float = 2.0
    connections: int = 32
    rate: float = 200.0  # requests a second
    rate_seconds: float = 5.0
    sizes: tuple[int, ...] = (1_000, 10_000, 100_000, 1_000_000)
    repeats: int = 60  # of one caller's request
    requests: int = 1_000_000  # to one worker
    warm: int = 10_000  # after how many of them the first look at its memory
    starts: int = 9
    calls: int = 500  # of each kind, from Python


FULL: Final = Effort()
QUICK: Final = Effort(
    tasks=10_000,
    rounds=1,
    seconds=0.2,
    rate_seconds=0.3,
    sizes=(1_000, 10_000),
    repeats=20,
    requests=5_000,
    warm=1_000,
    starts=1,
    calls=100,
)
LEAST: Final = Effort(
    tasks=200,
    rounds=1,
    seconds=0.02,
    connections=2,
    rate_seconds=0.05,
    sizes=(100, 200),
    repeats=2,
    requests=60,
    warm=20,
    starts=1,
    calls=5,
)
