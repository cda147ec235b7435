"""The tables of the memory store, and what a database would do with them."""

from __future__ import annotations

from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, TypeVar

import attrs

from fring_core import Credential, EmailTaken, Role, TransactionConflict, UsernameTaken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fring_adapters.memory.drawn_ids import Ids
    from fring_core import Task, User

K = TypeVar("K")
V = TypeVar("V")


@attrs.frozen
class Tables:
    """Hold the rows: entities by id, the assigned pairs of ids, hashes and roles by user id.

    Whoever has no role is a member. Entities are immutable, so a copy of the dictionaries is a
    copy of everything.
    """

    users: dict[int, User] = attrs.field(factory=dict)
    tasks: dict[int, Task] = attrs.field(factory=dict)
    links: dict[tuple[int, int], bool] = attrs.field(factory=dict)
    hashes: dict[int, str] = attrs.field(factory=dict, repr=False)
    roles: dict[int, Role] = attrs.field(factory=dict)

    def copy(self) -> Tables:
        """Return tables of the same rows that change independently."""
        return Tables(
            dict(self.users),
            dict(self.tasks),
            dict(self.links),
            dict(self.hashes),
            dict(self.roles),
        )

    def credential_of(self, user: User) -> Credential:
        """Return a user with its hash and its role."""
        role = self.roles.get(user.id, Role.MEMBER)
        return Credential(user, self.hashes.get(user.id), role)

    def tasks_of(self, user_id: int) -> list[Task]:
        """Return a user's tasks by ascending id."""
        return [self.tasks[task] for user, task in sorted(self.links) if user == user_id]

    def users_of(self, task_id: int) -> list[User]:
        """Return a task's users by ascending id."""
        return [self.users[user] for user, task in sorted(self.links) if task == task_id]

    def list_of(self, user_id: int) -> list[Task]:
        """Return the tasks of the personal list that a user of this id has."""
        return [task for task in self.tasks.values() if task.owner == str(user_id)]

    def has_shared(self, task_id: int) -> bool:
        """Tell whether there is such a task on the shared board."""
        task = self.tasks.get(task_id)
        return task is not None and task.owner is None

    def check_unique(self, username: str, email: str, *, besides: int | None) -> None:
        """Raise `UsernameTaken`, else `EmailTaken`, if a user other than `besides` has them."""
        others = [user for user in self.users.values() if user.id != besides]
        if any(user.username == username for user in others):
            raise UsernameTaken(username)
        if any(user.email == email for user in others):
            raise EmailTaken(email)

    def rebase(self, before: Tables, after: Tables) -> Tables:
        """Return these tables with what changed from `before` to `after`.

        Raise `TransactionConflict` if it changed here as well, or breaks a constraint here.
        """
        rebased = Tables(
            _rebase(self.users, before.users, after.users),
            _rebase(self.tasks, before.tasks, after.tasks),
            _rebase(self.links, before.links, after.links),
            _rebase(self.hashes, before.hashes, after.hashes),
            _rebase(self.roles, before.roles, after.roles),
        )
        if not rebased._is_sound():
            raise TransactionConflict("Another caller took a name, or removed a row")
        return rebased

    def _is_sound(self) -> bool:
        usernames = {user.username for user in self.users.values()}
        emails = {user.email for user in self.users.values()}
        return (
            len(usernames) == len(emails) == len(self.users)
            and all(user in self.users and task in self.tasks for user, task in self.links)
            and self.hashes.keys() <= self.users.keys()
            and self.roles.keys() <= self.users.keys()
        )


def _rebase(current: dict[K, V], before: dict[K, V], after: dict[K, V]) -> dict[K, V]:
    rebased = dict(current)
    for key in before.keys() | after.keys():
        if before.get(key) is after.get(key):
            continue
        if current.get(key) is not before.get(key):
            raise TransactionConflict("Another caller changed the same row")
        if key in after:
            rebased[key] = after[key]
        else:
            del rebased[key]
    return rebased


@attrs.define
class Database:
    """Hold the tables, the lock that makes a call atomic, and the sequences that ids come from."""

    user_ids: Ids
    task_ids: Ids
    tables: Tables = attrs.field(factory=Tables)
    refusal: str | None = None
    lock: RLock = attrs.field(factory=RLock)

    @contextmanager
    def opened(self) -> Iterator[Tables]:
        """Give the tables to one caller; raise `RuntimeError` if that must not be now."""
        if self.refusal is not None:
            raise RuntimeError(self.refusal)
        with self.lock:
            yield self.tables

    @contextmanager
    def transaction(self) -> Iterator[Database]:
        """Give a copy whose changes come about at the end, together or not at all.

        Ids come from the same sequences, so a rollback burns them, as in a real database. They
        may be anybody's generators, which only one caller at a time may use: hence the same lock.
        """
        with self.opened() as tables:
            before = tables.copy()
        inner = Transaction(self.user_ids, self.task_ids, before.copy(), lock=self.lock)
        try:
            with self.suspended():
                yield inner
        finally:
            inner.refusal = "The transaction is over; use the store that it was opened on"
        with self.opened() as tables:
            self.tables = tables.rebase(before, inner.tables)

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """Hold for as long as a transaction is open: others go on meanwhile."""
        yield


class Transaction(Database):
    """Hold what a transaction has made of the tables so far."""

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """Refuse all calls for as long as a transaction inside this one is open."""
        self.refusal = "A transaction inside this one is open; use the store that it gave"
        try:
            yield
        finally:
            self.refusal = None
