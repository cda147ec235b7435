"""The tables of the memory store, and what a database would do with them."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from fring_adapters.memory.log import Log
from fring_adapters.memory.places import Key, before_all, behind, places_of
from fring_adapters.memory.table import Table, V
from fring_adapters.memory.view import View
from fring_core import (
    Credential,
    EmailTaken,
    Role,
    TaskOrder,
    TransactionConflict,
    UsernameTaken,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from fring_adapters.memory.kept import KeptDelivery, KeptWebhook
    from fring_core import Place, Receipt, Task, User

P = TypeVar("P", bound=tuple[Any, ...])


@attrs.define(eq=False)
class Tables:
    """Hold events and rows: entities by id, assigned pairs of ids, hashes and roles by user id.

    Whoever has no role is a member. What follows `deliveries` are indexes, which `put_…`, `drop_…`,
    `link` and `unlink` keep, and `outbox` those of deliveries. Rows are immutable.
    """

    events: Log = attrs.field(factory=Log)
    users: Table[int, User] = attrs.field(factory=Table)
    tasks: Table[int, Task] = attrs.field(factory=Table)
    links: Table[tuple[int, int], bool] = attrs.field(factory=Table)
    hashes: Table[int, str] = attrs.field(factory=Table, repr=False)
    roles: Table[int, Role] = attrs.field(factory=Table)
    receipts: Table[tuple[str, str], Receipt] = attrs.field(factory=lambda: Table(expire=True))
    webhooks: Table[int, KeptWebhook] = attrs.field(factory=Table)
    deliveries: Table[int, KeptDelivery] = attrs.field(factory=Table)
    usernames: Table[str | None, int] = attrs.field(factory=Table)
    emails: Table[str | None, int] = attrs.field(factory=Table)
    links_by_task: Table[tuple[int, int], bool] = attrs.field(factory=Table)
    places: Table[Key, int] = attrs.field(factory=Table)
    reminders: Table[tuple[datetime, int], bool] = attrs.field(factory=Table)
    expiries: Table[tuple[datetime, tuple[str, str]], bool] = attrs.field(
        factory=lambda: Table(expire=True)
    )
    told: Table[tuple[int, int], bool] = attrs.field(factory=Table)
    due: Table[tuple[int, datetime, int], bool] = attrs.field(factory=Table)
    under_way: Table[tuple[int, int], bool] = attrs.field(factory=Table)

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
        before = self.tasks.get(task.id)
        old, new = set() if before is None else places_of(before), places_of(task)
        for place in old - new:
            del self.places[place]
        for place in new - old:
            self.places[place] = task.id
        self._put_reminder(task.id, None if before is None else before.reminds_at, task.reminds_at)
        self.tasks[task.id] = task
        return task

    def touch(self, task_id: int) -> int:
        """Have a task one version on, and return that."""
        task = self.tasks[task_id]
        self.tasks[task_id] = attrs.evolve(task, version=task.version + 1)
        return task.version + 1

    def drop_task(self, task_id: int) -> None:
        """Remove a task that nothing refers to."""
        task = self.tasks.pop(task_id)
        self._put_reminder(task_id, task.reminds_at, None)
        for place in places_of(task):
            del self.places[place]

    def _put_reminder(self, task_id: int, was: datetime | None, moment: datetime | None) -> None:
        if moment == was:
            return
        if was is not None:
            del self.reminders[was, task_id]
        if moment is not None:
            self.reminders[moment, task_id] = True

    def to_remind(self, now: datetime) -> Iterator[Task]:
        """Yield the tasks that are to be reminded of by `now`, those that are due for longest first."""
        due = takewhile(lambda key: key[0] <= now, self.reminders)
        return (self.tasks[task_id] for _, task_id in due)

    def link(self, user_id: int, task_id: int) -> None:
        """Assign a task to a user."""
        self.links[user_id, task_id] = self.links_by_task[task_id, user_id] = True

    def unlink(self, user_id: int, task_id: int) -> bool:
        """Take a task from a user; tell whether it had it."""
        if (user_id, task_id) not in self.links:
            return False
        del self.links[user_id, task_id], self.links_by_task[task_id, user_id]
        return True

    def put_receipt(self, place: tuple[str, str], receipt: Receipt) -> None:
        """Store a receipt where there is none."""
        self.receipts[place] = receipt
        self.expiries[receipt.expires_at, place] = True

    def drop_receipts(self, now: datetime) -> None:
        """Remove the receipts that have expired by `now`."""
        for expiry in [*takewhile(lambda expiry: expiry[0] <= now, self.expiries)]:
            del self.expiries[expiry], self.receipts[expiry[1]]

    def told_to(self, webhook_id: int, before_id: int | None = None) -> Iterator[int]:
        """Yield the ids of a webhook's deliveries, the newest first, those before one if named."""
        start = () if before_id is None else (webhook_id, 1 - before_id)
        return (-number for _, number in within(self.told, (webhook_id,), start))

    def credential_of(self, user: User) -> Credential:
        """Return a user with its hash and its role."""
        role = self.roles.get(user.id, Role.MEMBER)
        return Credential(user, self.hashes.get(user.id), role)

    def tasks_of(self, user_id: int, after: Place | None = None) -> Iterator[Task]:
        """Yield a user's tasks by ascending id, those after a place if one is named."""
        return (self.tasks[task] for task in _linked(self.links, user_id, after))

    def users_of(self, task_id: int, after: Place | None = None) -> Iterator[User]:
        """Yield a task's users by ascending id, those after a place if one is named."""
        return (self.users[user] for user in _linked(self.links_by_task, task_id, after))

    def is_assigned(self, task_id: int) -> bool:
        """Tell whether a task has a user."""
        return any(_linked(self.links_by_task, task_id))

    def list_of(
        self,
        owner: str | None,
        order: TaskOrder = TaskOrder.BY_ID,
        after: Place | None = None,
    ) -> Iterator[Task]:
        """Yield the tasks of a list in this order, those after a place if one is named."""
        place = before_all(order, owner)
        start = place if after is None else behind(after, order, owner)
        return (self.tasks[self.places[each]] for each in within(self.places, place, start))

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

    def view(self) -> Tables:
        """Return these tables as they are now, to be changed apart, and closed."""
        views: list[Any] = [View(table) for table in self._all()]
        for view in views:
            view.open()
        return Tables(Log(self.events), *views)

    def close(self) -> None:
        """Have those beneath forget this view."""
        for view in self._all():
            view.close()

    def commit(self, inner: Tables) -> None:
        """Change what was changed in a view.

        Raise `TransactionConflict` if it was changed here as well, or breaks a constraint here.
        """
        pairs = zip(self._all(), inner._all(), strict=True)
        rebased = Tables(Log(), *(view.rebased(table) for table, view in pairs))
        if not rebased._is_sound():
            raise TransactionConflict("Another caller removed a row")
        for view in rebased._all():
            view.merge()
        for event in inner.events.own:
            self.events.add(event)

    def _all(self) -> tuple[Any, ...]:
        return attrs.astuple(self, recurse=False)[1:]

    def _is_sound(self) -> bool:
        """Tell whether a view refers to nobody who is gone, as far as it has changed anything."""
        links = self.links.changed
        users = {*self.users.changed, *self.hashes.changed, *self.roles.changed}
        users.update(user for user, _ in links)
        tasks = {*self.tasks.changed, *(task for _, task in links)}
        webhooks = {*self.webhooks.changed, *(webhook for webhook, _ in self.told.changed)}
        return (
            all(user in self.users or not self._refers_to(user) for user in users)
            and all(task in self.tasks or not self.is_assigned(task) for task in tasks)
            and all(each in self.webhooks or not any(self.told_to(each)) for each in webhooks)
        )

    def _refers_to(self, user_id: int) -> bool:
        return user_id in self.hashes or user_id in self.roles or any(_linked(self.links, user_id))


def _linked(
    links: Table[tuple[int, int], bool], one: int, after: Place | None = None
) -> Iterator[int]:
    """Yield the ids that are linked to this one, ascending, those after a place."""
    start = () if after is None else (one, after.id + 1)
    return (other for _, other in within(links, (one,), start))


def within(
    table: Table[P, V], beginning: tuple[Any, ...], since: tuple[Any, ...] = ()
) -> Iterator[P]:
    """Yield the keys that begin so, in order, from `since` on."""
    length = len(beginning)
    return takewhile(lambda key: key[:length] == beginning, table.since(since or beginning))
