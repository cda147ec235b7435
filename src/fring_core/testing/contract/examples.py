"""Example rows for the contract's parts, and what is often asked of rows and answers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import attrs

from fring_core import Cause, FringError, NewTask, NewUser, Task, User
from fring_core.testing.recording import RecordedStore
from fring_core.testing.snapshot import flat, plain, snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fring_core import Store

T = TypeVar("T")
E = TypeVar("E", User, Task)

# A moment that every store can hold, so that those that lose microseconds fail where it matters.
NOW = datetime(2024, 2, 29, 12, tzinfo=UTC)
PRECISE = datetime(2024, 2, 29, 23, 59, 59, 987654, tzinfo=UTC)
LATER = datetime(2024, 3, 1, 0, 0, 0, 1, tzinfo=UTC)
CAUSE = Cause(NOW, "somebody", "a-request")
DUE = date(2024, 3, 31)
OWNERS = (None, "ann", "Ann")
CALLERS = range(32)


class Undo(Exception):  # noqa: N818  # it reports nothing
    """Leave a transaction by an exception, so that it rolls back."""


async def add_user(
    store: Store,
    username: str = "ann",
    chosen: int | None = None,
    password_hash: str | None = None,
) -> User:
    """Add a user with an address made of its name."""
    new = NewUser(username, f"{username}@example.org", chosen)
    return await store.users.add(new, CAUSE, password_hash)


async def add_task(
    store: Store, title: str = "task", chosen: int | None = None, owner: str | None = None
) -> Task:
    """Add a task with a description, a default status and a due date."""
    return await store.tasks.add(NewTask(title, "why", due_date=DUE, id=chosen), owner, CAUSE)


async def hash_of(store: Store, user_id: int) -> str | None:
    """Return the hash of a user's password, None if there is no user or no hash."""
    found = await store.credentials.get(user_id)
    return None if found is None else found.password_hash


class TooLate(Exception):  # noqa: N818  # what a verb of `save` has to say
    """Report that a row is no longer the one that was seen."""


@attrs.frozen
class Becoming(Generic[E]):
    """Turn a row into this entity, unless it has another version by now: a verb."""

    entity: E

    def __call__(self, present: E) -> E:
        if present.version != self.entity.version:
            raise TooLate
        return self.entity


async def save(store: Store, entity: E) -> E | None:
    """Change a row into this entity; return None if it is gone, or has another version by now."""
    verb: Any = Becoming(entity)
    try:
        if isinstance(entity, User):
            return await store.users.change(entity.id, verb, CAUSE)
        return await store.tasks.change(entity.id, entity.owner, verb, CAUSE)
    except TooLate:
        return None


def retitled(task: Task) -> Task:
    """Return a task with another title, whatever its version: a verb."""
    return attrs.evolve(task, title="new")


def ghost_user(user_id: int) -> User:
    """Return a user that no store has."""
    return User(user_id, "ghost", "ghost@example.org", NOW)


def ghost_task(task_id: int, owner: str | None = None) -> Task:
    """Return a task that no store has."""
    new = NewTask("ghost")
    return Task(task_id, new.title, new.description, new.status, NOW, NOW, owner)


async def contents(store: Store) -> object:
    """Return all that a store holds, to compare before and after."""
    if isinstance(store, RecordedStore):
        store.log.note("everything is read")
        store = store.bare
    return flat(await snapshot(store, OWNERS))


def check_next(after: User | Task | None, before: User | Task) -> None:
    """Assert that a saved entity is the one that was given, one version on."""
    # As built-in types, for a failure to name the field.
    assert plain(after) == plain(attrs.evolve(before, version=before.version + 1))


def check_none_failed(results: Sequence[object]) -> None:
    """Assert that there are no errors among the results of `together`."""
    assert [result for result in results if isinstance(result, FringError)] == []


def losers(results: Sequence[object]) -> list[type[FringError]]:
    """Return the types of the errors among the results of `together`."""
    return [type(result) for result in results if isinstance(result, FringError)]


def by_id(rows: Sequence[E]) -> list[E]:
    """Return rows in the order of a list; ids need not come in the order of adding."""
    return sorted(rows, key=attrgetter("id"))


def rows(listed: Sequence[T] | None) -> list[T] | None:
    """Return what a store listed as a list, whichever sequence it is; None stays None."""
    return None if listed is None else list(listed)
