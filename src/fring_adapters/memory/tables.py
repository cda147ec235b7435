"""The tables of the memory store, and what a database would do with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import attrs

from fring_core import Credential, EmailTaken, Role, TransactionConflict, UsernameTaken

if TYPE_CHECKING:
    from fring_core import Receipt, Task, User

K = TypeVar("K")
V = TypeVar("V")


class Groups(dict[K, set[V]]):
    """Hold which values belong to a key; a key that has none is not there."""

    def add(self, key: K, value: V) -> None:
        """Put a value to a key."""
        self.setdefault(key, set()).add(value)

    def drop(self, key: K, value: V) -> None:
        """Take a value from a key."""
        self[key].discard(value)
        if not self[key]:
            del self[key]

    def copied(self) -> Groups[K, V]:
        """Return groups of the same values that change independently."""
        return Groups({key: set(values) for key, values in self.items()})


@attrs.define
class Tables:
    """Hold the rows: entities by id, assigned pairs of ids, hashes and roles by user id, receipts.

    Whoever has no role is a member. What follows `roles` are indexes, which `put_…`, `drop_…`,
    `link` and `unlink` keep. Entities are immutable, so a copy of the dictionaries is a copy of
    everything.
    """

    users: dict[int, User] = attrs.field(factory=dict)
    tasks: dict[int, Task] = attrs.field(factory=dict)
    links: dict[tuple[int, int], bool] = attrs.field(factory=dict)
    hashes: dict[int, str] = attrs.field(factory=dict, repr=False)
    roles: dict[int, Role] = attrs.field(factory=dict)
    receipts: dict[tuple[str, str], Receipt] = attrs.field(factory=dict)
    usernames: dict[str | None, int] = attrs.field(init=False)
    emails: dict[str | None, int] = attrs.field(init=False)
    tasks_by_user: Groups[int, int] = attrs.field(init=False, factory=Groups)
    users_by_task: Groups[int, int] = attrs.field(init=False, factory=Groups)
    tasks_by_owner: Groups[str | None, int] = attrs.field(init=False, factory=Groups)

    def __attrs_post_init__(self) -> None:
        self.usernames = {user.username: user.id for user in self.users.values()}
        self.emails = {user.email: user.id for user in self.users.values()}
        for user_id, task_id in self.links:
            self.tasks_by_user.add(user_id, task_id)
            self.users_by_task.add(task_id, user_id)
        for task in self.tasks.values():
            self.tasks_by_owner.add(task.owner, task.id)

    def copy(self) -> Tables:
        """Return tables of the same rows that change independently."""
        return Tables(
            dict(self.users),
            dict(self.tasks),
            dict(self.links),
            dict(self.hashes),
            dict(self.roles),
            dict(self.receipts),
        )

    def put_user(self, user: User) -> User:
        """Store a user in place of the one with its id, if there is one, and return it."""
        if user.id in self.users:
            self._forget_names(self.users[user.id])
        self.users[user.id] = user
        self.usernames[user.username] = self.emails[user.email] = user.id
        return user

    def drop_user(self, user_id: int) -> None:
        """Remove a user that nothing refers to."""
        self._forget_names(self.users.pop(user_id))

    def _forget_names(self, user: User) -> None:
        del self.usernames[user.username], self.emails[user.email]

    def put_task(self, task: Task) -> Task:
        """Store a task in place of the one with its id, if there is one, and return it."""
        self.tasks[task.id] = task
        self.tasks_by_owner.add(task.owner, task.id)
        return task

    def drop_task(self, task_id: int) -> None:
        """Remove a task that nothing refers to."""
        self.tasks_by_owner.drop(self.tasks.pop(task_id).owner, task_id)

    def link(self, user_id: int, task_id: int) -> None:
        """Assign a task to a user."""
        self.links[user_id, task_id] = True
        self.tasks_by_user.add(user_id, task_id)
        self.users_by_task.add(task_id, user_id)

    def unlink(self, user_id: int, task_id: int) -> bool:
        """Take a task from a user; tell whether it had it."""
        if not self.links.pop((user_id, task_id), False):
            return False
        self.tasks_by_user.drop(user_id, task_id)
        self.users_by_task.drop(task_id, user_id)
        return True

    def credential_of(self, user: User) -> Credential:
        """Return a user with its hash and its role."""
        role = self.roles.get(user.id, Role.MEMBER)
        return Credential(user, self.hashes.get(user.id), role)

    def tasks_of(self, user_id: int) -> list[Task]:
        """Return a user's tasks by ascending id."""
        return [self.tasks[task] for task in sorted(self.tasks_by_user.get(user_id, ()))]

    def users_of(self, task_id: int) -> list[User]:
        """Return a task's users by ascending id."""
        return [self.users[user] for user in sorted(self.users_by_task.get(task_id, ()))]

    def list_of(self, owner: str | None) -> list[Task]:
        """Return the tasks of a list."""
        return [self.tasks[task] for task in self.tasks_by_owner.get(owner, ())]

    def has_shared(self, task_id: int) -> bool:
        """Tell whether there is such a task on the shared board."""
        task = self.tasks.get(task_id)
        return task is not None and task.owner is None

    def check_unique(self, username: str, email: str, *, besides: int | None) -> None:
        """Raise `UsernameTaken`, else `EmailTaken`, if a user other than `besides` has them."""
        if self.usernames.get(username, besides) != besides:
            raise UsernameTaken(username)
        if self.emails.get(email, besides) != besides:
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
            _rebase(self.receipts, before.receipts, after.receipts, expire=True),
        )
        if not rebased._is_sound():
            raise TransactionConflict("Another caller took a name, or removed a row")
        return rebased

    def _is_sound(self) -> bool:
        return (
            len(self.usernames) == len(self.emails) == len(self.users)
            and all(user in self.users and task in self.tasks for user, task in self.links)
            and self.hashes.keys() <= self.users.keys()
            and self.roles.keys() <= self.users.keys()
        )


def _rebase(
    current: dict[K, V], before: dict[K, V], after: dict[K, V], *, expire: bool = False
) -> dict[K, V]:
    """Return what is now with what changed; to remove what has expired is in nobody's way."""
    rebased = dict(current)
    for key in before.keys() | after.keys():
        if before.get(key) is after.get(key):
            continue
        is_as_before = current.get(key) is before.get(key)
        if not is_as_before and not (expire and (key not in current or key not in after)):
            raise TransactionConflict("Another caller changed the same row")
        if key in after:
            rebased[key] = after[key]
        elif is_as_before:
            del rebased[key]
    return rebased
