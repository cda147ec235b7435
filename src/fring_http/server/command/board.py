"""A large board, made up: users, tasks, and who has which, as `fring import` reads them.

The same numbers make the same board, times included.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from random import Random
from typing import IO, TYPE_CHECKING, Any, Final, cast

import msgspec

from fring_adapters.postgres.bulk import Imported, import_from
from fring_adapters.postgres.bulk.records import FORMAT, Assignment, Header, Record, Task, User
from fring_adapters.postgres.bulk.watching import Watch, unwatched
from fring_core import TaskStatus
from fring_http.server.command.people import PEOPLE, TASKS

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED: Final = 7
_BUFFER: Final = 2**18
_FIRST: Final = datetime(2024, 1, 1, tzinfo=UTC)
_SPAN: Final = timedelta(days=700)
_DONE_WITHIN: Final = 30 * 24 * 3600  # seconds
_STATUSES: Final = (
    *(TaskStatus.TODO,) * 9,
    *(TaskStatus.IN_PROGRESS,) * 3,
    *(TaskStatus.COMPLETED,) * 7,
    TaskStatus.CANCELED,
)
# Of twenty tasks, one is on somebody's own list, four are nobody's, and one has two users.
_ROUND: Final = 20
_OWN, _SHARED_BY_TWO = 0, 5


def fill(
    url: str, users: int, tasks: int, *, schema: str | None = None, watch: Watch = unwatched
) -> Imported:
    """Add a board of so many users and tasks to tables that are prepared and empty.

    Raise as `import_from` does, of tables that have users or tasks as well.
    """
    board = Board(users, tasks)

    def reading(what: str, done: int, total: int | None) -> None:
        watch(what, done, board.lines if what == "reading" else total)

    # What io has of its own is typed as no IO.
    file = cast("IO[bytes]", io.BufferedReader(board, _BUFFER))
    return import_from(url, file, schema=schema, only_empty=True, watch=reading)


class Board(io.RawIOBase):
    """Read a board of so many users and tasks as JSON Lines; about three of four are assigned.

    It is made while it is read, and is never in memory as a whole. `lines` is how many there are.
    """

    def __init__(self, users: int, tasks: int) -> None:
        super().__init__()
        self._users, self._tasks = users, tasks
        self._lines = self._written()
        self._rest = b""
        self.assignments = sum(map(self._holders, range(1, tasks + 1)))
        self.lines = 1 + users + tasks + self.assignments

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer with what comes next; return how many bytes, 0 at the end."""
        parts, size = [self._rest], len(self._rest)
        for line in self._lines:
            parts.append(line)
            size += len(line)
            if size >= len(buffer):
                break
        made = b"".join(parts)
        taken = made[: len(buffer)]
        self._rest = made[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)

    def _written(self) -> Iterator[bytes]:
        encode = msgspec.json.Encoder().encode
        rows = {"user": self._users, "task": self._tasks, "assignment": self.assignments}
        yield encode(Header(format=FORMAT, rows=rows)) + b"\n"
        for record in self._records():
            yield encode(record) + b"\n"

    def _records(self) -> Iterator[Record]:
        random = Random(SEED)  # noqa: S311  # it is a play
        for number in range(1, self._users + 1):
            name = f"{PEOPLE[number % len(PEOPLE)]}{number}"
            created = _FIRST + _SPAN * (number / self._users) / 2
            yield User(id=number, username=name, email=f"{name}@example.org", created_at=created)
        for number in range(1, self._tasks + 1):
            yield self._task(number, random)
        for number in range(1, self._tasks + 1):
            if holders := self._holders(number):
                first = random.randrange(self._users)
                for each in range(first, first + holders):
                    yield Assignment(each % self._users + 1, number)

    def _task(self, number: int, random: Random) -> Task:
        created = _FIRST + _SPAN * (number / self._tasks)
        status = random.choice(_STATUSES)
        begun = status is not TaskStatus.TODO
        own = number % _ROUND == _OWN and self._users
        return Task(
            id=number,
            title=f"{random.choice(TASKS)} {number}",
            description=f"It is number {number} of {self._tasks}." if number % 2 else None,
            status=status,
            created_at=created,
            updated_at=created + timedelta(seconds=random.randrange(_DONE_WITHIN) * begun),
            owner=str(random.randint(1, self._users)) if own else None,
            due_date=created.date() + timedelta(days=random.randint(1, 60)) if own else None,
            version=1 + begun,
        )

    def _holders(self, number: int) -> int:
        """Return how many users a task is assigned to."""
        place = number % _ROUND
        wanted = 0 if place < _SHARED_BY_TWO else 2 if place == _SHARED_BY_TWO else 1
        return min(wanted, self._users)
