"""What was asked of a server and what it answered, with times: the history that is judged."""

from __future__ import annotations

from collections import defaultdict
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeAlias

import attrs

if TYPE_CHECKING:
    from datetime import datetime

# What a request writes: ("task", title), ("status", title), ("assigned", username, title), …
Cell: TypeAlias = tuple[str, ...]
Writes: TypeAlias = tuple[tuple[Cell, object], ...]

IN_FLIGHT: Final = 409  # the answer while another attempt with the same key is under way


class Outcome(Enum):
    """Tell what a client knows afterwards: it was done, it was not, or one of the two."""

    OK = "ok"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@attrs.frozen(kw_only=True)
class Operation:
    """Hold a request: what it was to write, from when to when it took (monotonic seconds).

    `status` is None if no answer came. `made` is the id that an answer gave to what was created.
    Those with one `key` are attempts at one request.
    """

    verb: str
    began: float
    ended: float
    status: int | None
    writes: Writes = ()
    made: int | None = None
    key: str | None = None

    @property
    def outcome(self) -> Outcome:
        """Return what its client knows of it."""
        if self.status is None or self.status >= 500:  # a 503 may have been done, or may yet be
            return Outcome.UNKNOWN
        return Outcome.OK if self.status < 400 else Outcome.REFUSED

    @property
    def is_settled(self) -> bool:
        """Tell whether another attempt with its key would change nothing."""
        return self.outcome is not Outcome.UNKNOWN and self.status != IN_FLIGHT

    @property
    def seconds(self) -> float:
        """Return how long its client waited."""
        return self.ended - self.began


@attrs.frozen
class Sighting:
    """Hold what somebody saw of a task, some time from `began` to `ended`.

    Clients do not see the version (None), the database's own watcher does.
    """

    title: str
    began: float
    ended: float
    updated_at: datetime
    version: int | None = None


@attrs.frozen
class Outage:
    """Hold when something was broken, and when it was whole again."""

    began: float
    ended: float


@attrs.define
class History:
    """Hold all that happened; threads may append to it.

    `told_to_end` has the moments at which the server was told to end, `log` is what it has said.
    """

    operations: list[Operation] = attrs.field(factory=list)
    sightings: list[Sighting] = attrs.field(factory=list)
    outages: list[Outage] = attrs.field(factory=list)
    told_to_end: list[float] = attrs.field(factory=list)
    log: str = ""

    def requests(self) -> list[Operation]:
        """Return what was asked: all attempts with one key are one, from the first to the last."""
        requests: list[Operation] = []
        attempts: defaultdict[str, list[Operation]] = defaultdict(list)
        for each in self.operations:
            if each.key is None:
                requests.append(each)
            else:
                attempts[each.key].append(each)
        return requests + [_as_one(each) for each in attempts.values()]


def _as_one(attempts: list[Operation]) -> Operation:
    last = attempts[-1]
    writes = next((each.writes for each in attempts if each.writes), ())
    status = last.status if last.is_settled else None
    return attrs.evolve(last, began=attempts[0].began, status=status, writes=writes)


@attrs.frozen
class Task:
    """Hold a task's row."""

    id: int
    title: str
    description: str | None
    status: str
    version: int
    updated_at: datetime


@attrs.frozen
class User:
    """Hold a user's row."""

    id: int
    username: str
    email: str


@attrs.frozen
class State:
    """Hold what the database has at the end; `pairs` are (user id, task id)."""

    tasks: tuple[Task, ...] = ()
    users: tuple[User, ...] = ()
    pairs: tuple[tuple[int, int], ...] = ()
