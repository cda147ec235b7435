"""The ports: what Fring needs from the world, as contracts.

A store author implements `Users`, `Credentials`, `Tasks`, `Assignments` and `Store`; nothing is
to be inherited. What their methods say is tested sentence by sentence: each test of
`fring_core.testing.StoreContract` quotes the one that it proves, and runs on a store of yours.

Of every method of a store:

- A call MUST be atomic. It has its whole effect or, if it raises, none. A call that is cancelled
  MUST have its whole effect or none. One that raises `Unavailable` may have had it, and lost the
  answer.
- What a call has done MUST be seen by every call that begins later. Calls at the same time MUST NOT
  undo each other's work. What one call returns MUST have been so at one moment.
- What is stored MUST last. A store that is closed and opened again has it all, and knows which ids
  were had. One that keeps it in memory has it for as long as it lives.
- An id outside 1 to 2⁶³-1 names nothing: MUST answer as for a row that is absent.
- `owner` selects a list: None the shared board, a text the personal list of that name.
  A call MUST leave every other list as it is. A task on another list MUST be treated as absent.
- Entities MUST come back equal to what was stored. Their fields, and those of an outcome, MUST have
  the types that they name. Times MUST come back in UTC. The time zone of the process MUST make no
  difference. Times are of the years 1 to 9999, but for the first day and the last two.
- Texts MUST be kept and compared as they stand, to the last character, whatever they look like.
- A list, a filter and a transaction MUST be as long as they need: a store sets no limit to them.
  Nor does it to the depth of transactions, nor to versions. The kit tries 1,001 rows, 1,001 writes
  in a transaction, 100 transactions inside each other, 130 saves, and 100,000 characters.
- What is returned MUST belong to the caller: changing it changes nothing stored.
- A store that cannot answer raises `Unavailable`, and nothing else for that reason.
- Beside what is said at a method, a store MUST raise nothing but `StoreUnavailable` and
  `TransactionConflict`. A transaction must not be used when it is over, nor while another one
  is open inside it, nor the store that it was opened on by the task that is in its block: a call
  may raise `RuntimeError` then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import attrs

from fring_core.queries import TaskOrder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime

    from fring_core.assignments import Outcome, TaskWithUsers, UserWithTasks
    from fring_core.identity import Identity, Role
    from fring_core.queries import Page, TaskFilter, UserFilter
    from fring_core.status import TaskStatus
    from fring_core.tasks import NewTask, Task
    from fring_core.users import Credential, NewUser, User


@attrs.frozen
class Verdict:
    """Hold what became of a password: whether it is `right`, and its hash `outdated`."""

    right: bool
    outdated: bool = False


class Clock(Protocol):
    """Tell the time; a plain function will do."""

    def __call__(self) -> datetime:
        """Return the present moment, in UTC and aware of it."""
        ...


class Tokens(Protocol):
    """Tell who a token was issued to."""

    async def identify(self, token: str) -> Identity:
        """Return the caller that a token proves; raise `Unauthenticated` if it proves none.

        Be quick whatever it is given. MUST NOT wait for more than 2 s for a system other than the
        store.
        """
        ...


@attrs.frozen
class IssuedToken:
    """Hold a token and for how many seconds it is valid; it never shows the token."""

    token: str = attrs.field(repr=False)
    seconds: int


class TokenIssuer(Protocol):
    """Issue tokens."""

    def issue(
        self, subject: str, role: Role | None = None, account: str | None = None
    ) -> IssuedToken:
        """Return a token that `Tokens` will take as this subject, with what else is set."""
        ...


class Passwords(Protocol):
    """Hash passwords, and compare them to hashes."""

    async def hash(self, password: str) -> str:
        """Return a hash with a salt of its own; never the same one twice."""
        ...

    async def verify(self, password: str, password_hash: str | None) -> Verdict:
        """Tell whether a password is the hashed one, in a time that does not tell it too.

        Without a hash the verdict MUST be wrong. It MUST take as long.
        """
        ...


class Users(Protocol):
    """Keep users."""

    async def add(self, new: NewUser, now: datetime, password_hash: str | None = None) -> User:
        """Store a new user, created at `now`, at version 1, with a password's hash or none.

        With `new.id` None the store MUST draw an id that no user has ever had. The personal list
        of that name MUST be empty. It MUST NOT fail because a caller chose the id that was next.
        A chosen id may be a removed user's, from whom the new one MUST inherit nothing. Usernames
        and e-mails MUST be unique as they stand. Raise `UsernameTaken`, else `EmailTaken`, else
        `IdTaken`, the first that holds.
        """
        ...

    async def get(self, user_id: int) -> User | None:
        """Return the user with this id, or None."""
        ...

    async def get_with_tasks(self, user_id: int) -> UserWithTasks | None:
        """Return the user with its shared tasks by ascending id, or None."""
        ...

    async def list(self, where: UserFilter, page: Page) -> Sequence[User]:
        """Return the users that match, by ascending id, the page only.

        Exactly the users that meet every condition of the filter MUST be listed. A page past the
        last user MUST be empty.
        """
        ...

    async def save(self, user: User) -> User | None:
        """Store a changed user and return it one version on, or None if it was too late.

        The row MUST change only if its version is still `user.version`. If it is another, or the
        user is gone, MUST return None. Raise `UsernameTaken`, else `EmailTaken`, if another user
        has them. A user that is as it was MUST be saved too. `created_at` MUST stay as it is
        stored, and so MUST the hash, the role, the assignments and the list.
        """
        ...

    async def remove(self, user_id: int) -> bool:
        """Remove a user, its hash and its assignments, not the tasks; tell whether it was there.

        The personal list `str(user_id)` MUST be removed too if there was a hash. It MUST be left
        if there was none: then it is somebody else's.
        """
        ...


class Credentials(Protocol):
    """Keep the hashes of users' passwords, and their roles, apart from the users."""

    async def find(self, username: str | None, email: str | None) -> Credential | None:
        """Return the user with exactly this username, its hash and its role, or None.

        If `username` is None, the e-mail counts in its place, exactly.
        """
        ...

    async def get(self, user_id: int) -> Credential | None:
        """Return the user with this id, its hash and its role, or None."""
        ...

    async def replace(self, credential: Credential, password_hash: str) -> bool:
        """Store another hash, unless `credential` no longer holds the user's; tell whether.

        It MUST NOT touch the user's version or its role: it is no change of the user.
        """
        ...

    async def set_role(self, user_id: int, role: Role) -> bool:
        """Give a user another role; tell whether there is such a user.

        Until then it MUST be a member's. Nothing else of the user MUST change, its hash and its
        version included.
        """
        ...


class Tasks(Protocol):
    """Keep tasks, each on one list for good."""

    async def add(self, new: NewTask, owner: str | None, now: datetime) -> Task:
        """Store a new task on a list, created and updated at `now`, at version 1.

        With `new.id` None the store MUST draw an id that no task has ever had. It MUST NOT fail
        because a caller chose the id that was next. A chosen id may be a removed task's, from
        which the new one MUST inherit nothing. Raise `IdTaken` if the chosen id is in use, on
        whichever list.
        """
        ...

    async def get(self, task_id: int, owner: str | None) -> Task | None:
        """Return the task with this id on this list, or None."""
        ...

    async def get_with_users(self, task_id: int, owner: str | None) -> TaskWithUsers | None:
        """Return the task with the users it is assigned to by ascending id, or None."""
        ...

    async def list(
        self, where: TaskFilter, page: Page, owner: str | None, order: TaskOrder = TaskOrder.BY_ID
    ) -> Sequence[Task]:
        """Return the tasks of a list that match, in this order, the page only.

        Exactly the tasks that meet every condition of the filter MUST be listed. A page past the
        last task MUST be empty.
        """
        ...

    async def save(self, task: Task) -> Task | None:
        """Store a changed task and return it one version on, or None if it was too late.

        The row MUST change only if its version is still `task.version`. If it is another, or there
        is no such task on the list `task.owner`, MUST return None. A task that is as it was MUST be
        saved too. `created_at` MUST stay as it is stored, and so MUST the assignments.
        """
        ...

    async def remove(self, task_id: int, owner: str | None) -> bool:
        """Remove a task and its assignments, not the users; tell whether it was there."""
        ...


class Assignments(Protocol):
    """Keep which user has which task of the shared board."""

    async def add(self, user_id: int, task_id: int) -> Outcome:
        """Assign, unless the two are assigned already or one does not exist.

        The outcome MUST be one moment's truth. Of several callers at once exactly one MUST see
        `changed`. A task on a personal list does not exist here.
        """
        ...

    async def remove(self, user_id: int, task_id: int) -> Outcome:
        """Un-assign, if the two are assigned; the outcome as for `add`."""
        ...

    async def tasks_of(self, user_id: int, status: TaskStatus | None) -> Sequence[Task] | None:
        """Return a user's shared tasks by ascending id, those in `status` if it is given.

        MUST return None if there is no such user.
        """
        ...

    async def users_of(self, task_id: int) -> Sequence[User] | None:
        """Return the users of a shared task by ascending id, or None if there is no such task."""
        ...


class Store(Protocol):
    """Give access to one set of users, tasks and assignments."""

    @property
    def users(self) -> Users:
        """Return the users."""
        ...

    @property
    def credentials(self) -> Credentials:
        """Return the credentials."""
        ...

    @property
    def tasks(self) -> Tasks:
        """Return the tasks."""
        ...

    @property
    def assignments(self) -> Assignments:
        """Return the assignments."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[Store]:
        """Open a transaction: a store whose effects come about together, or not at all.

        Leaving the block normally MUST commit. Leaving it by an exception, cancellation included,
        MUST roll back. Until the commit, other callers MUST NOT see any effect. They MUST see all
        of a commit or nothing. Calls inside MUST see what was done inside. A call that raises
        inside MUST leave the transaction as it was before, ready to go on. Inside a transaction,
        another one MUST be able to fail alone, to any depth. A commit that would undo another's
        work MUST raise `TransactionConflict` and do nothing. A call inside may raise it already. It
        MUST NOT give a wrong answer in its place. Whoever gets it leaves the block, and may run it
        again from the beginning. While a transaction is open, calls outside MUST go on: reads
        always, and writes until it has written itself. What others commit meanwhile, calls inside
        may see at once, or not at all. Several tasks may call inside at the same time, if they run
        in one thread. While one of them has another transaction open inside, a call of the others
        MUST have its whole effect, or none and raise `RuntimeError` or `TransactionConflict`.
        """
        ...
