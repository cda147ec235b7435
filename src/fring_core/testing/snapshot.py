"""What a store holds and what a call did, as built-in types that compare in full."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import cycle
from typing import TYPE_CHECKING, cast

import attrs

from fring_core import FringError, Page, TaskFilter, TaskOrder, UserFilter

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable

    from fring_core import Store

EVERYTHING = Page(limit=1000)
# The shared board, which comes first, in the order with the most ways to be wrong.
_ORDERS = (TaskOrder.NEWEST_FIRST, TaskOrder.BY_TITLE, TaskOrder.BY_ID)


def plain(value: object, *, versions: bool = True) -> object:
    """Return a value as built-in types, with or without the versions, unlike equality."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(item, versions=versions) for item in cast("Sequence[object]", value)]
    if isinstance(value, datetime):
        return value.isoformat()  # which shows the time zone, that equality leaves out
    kind = type(value)
    if attrs.has(kind):
        return {
            field.name: plain(getattr(value, field.name), versions=versions)
            for field in attrs.fields(kind)
            if versions or field.name != "version"
        }
    return value


async def outcome_of(call: Awaitable[object], *, versions: bool = True) -> object:
    """Await a call and return what it returned, or the type and fields of the `FringError`."""
    try:
        result = await call
    except FringError as error:
        return type(error), error.args
    shown = plain(result, versions=versions)
    _spoil(result)
    return shown


def _spoil(result: object) -> None:
    """Do the worst that a caller may do to what it was given: empty the lists in it."""
    kind = type(result)
    if isinstance(result, list):
        cast("list[object]", result).clear()
    elif attrs.has(kind):
        for field in attrs.fields(kind):
            _spoil(getattr(result, field.name))


async def snapshot(store: Store, owners: Iterable[str | None]) -> object:
    """Return every user with its tasks and hash, and every task of these lists with its users.

    Each list comes in another of the orders that there are.
    """
    users = await store.users.list(UserFilter(), EVERYTHING)
    lists = [
        await store.tasks.list(TaskFilter(), EVERYTHING, owner, order)
        for owner, order in zip(owners, cycle(_ORDERS), strict=False)
    ]
    hashes = [await store.credentials.find(user.username, None) for user in users]
    with_tasks = [await store.users.get_with_tasks(user.id) for user in users]
    with_users = [
        await store.tasks.get_with_users(task.id, task.owner) for tasks in lists for task in tasks
    ]
    return plain([users, lists, hashes, with_tasks, with_users])
