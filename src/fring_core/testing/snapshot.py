"""What a store holds and what a call did, as built-in types that compare in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import chain, cycle
from typing import TYPE_CHECKING, Any, cast

import attrs

from fring_core import FringError, Page, TaskFilter, TaskOrder, UserFilter
from fring_core.testing.rendering import LONGEST, code

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable, Iterator

    from fring_core import Store

EVERYTHING = Page(limit=1000)
# The shared board, which comes first, in the order with the most ways to be wrong.
_ORDERS = (TaskOrder.NEWEST_FIRST, TaskOrder.BY_TITLE, TaskOrder.BY_ID)
# Not bool, which would be equal to a number.
_AS_THEY_ARE = frozenset({str, int, type(None), date})


def plain(value: object, *, versions: bool = True) -> object:
    """Return a value as built-in types, with or without the versions, unlike equality.

    What is of another type than it seems, such as an enum's value or `Decimal(1)`, is its `repr`.
    """
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(item, versions=versions) for item in cast("Sequence[object]", value)]
    if isinstance(value, Mapping):
        items = cast("Mapping[str, object]", value).items()
        return {name: plain(item, versions=versions) for name, item in items}
    if isinstance(value, datetime):
        return value.isoformat()  # which shows the time zone, that equality leaves out
    kind = type(value)
    # Some errors, which a store may return, are made by attrs.
    if attrs.has(kind) and not isinstance(value, Exception):
        return {
            field.name: plain(getattr(value, field.name), versions=versions)
            for field in attrs.fields(kind)
            if versions or field.name != "version"
        }
    return repr(value)


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


async def snapshot(store: Store, owners: Iterable[str | None]) -> dict[str, object]:
    """Return every user with its tasks and hash, and every task of these lists with its users.

    Each list comes in another of the orders that there are.
    """
    users = await store.users.list(UserFilter(), EVERYTHING)
    lists = {
        owner: await store.tasks.list(TaskFilter(), EVERYTHING, owner, order)
        for owner, order in zip(owners, cycle(_ORDERS), strict=False)
    }
    parts: dict[str, object] = {"users": users}
    parts |= {f"tasks of {owner!r}": tasks for owner, tasks in lists.items()}
    for user in users:
        parts[f"credential of {user.username!r}"] = await store.credentials.find(
            user.username, None
        )
        parts[f"user {user.id} with tasks"] = await store.users.get_with_tasks(user.id)
    for task in chain.from_iterable(lists.values()):
        found = await store.tasks.get_with_users(task.id, task.owner)
        parts[f"task {task.id} with users"] = found
    return {name: plain(part) for name, part in parts.items()}


def flat(parts: Mapping[str, object]) -> dict[str, object]:
    """Return what `plain` made as one value for each field, under a name that tells which."""
    fields: dict[str, object] = {}
    for name, value in parts.items():
        if isinstance(value, list):
            rows = _by_id(cast("list[object]", value))
            fields |= {name: [*rows]} | flat({f"{name}, {key}": row for key, row in rows.items()})
        elif isinstance(value, dict):
            row = cast("dict[str, object]", value)
            fields |= flat({f"{name}, {key}": item for key, item in row.items()})
        else:
            fields[name] = value
    return fields


def _by_id(rows: list[object]) -> dict[object, object]:
    """Return rows by id; what has none, or one that came before, by its place in the list."""
    named: dict[object, object] = {}
    for place, row in enumerate(rows):
        number = cast("dict[str, object]", row).get("id") if isinstance(row, dict) else None
        named[f"at {place}" if number is None or number in named else number] = row
    return named


def _named(value: object) -> dict[Any, object] | None:
    """Return the parts of what has parts, by their names."""
    if isinstance(value, list):
        return _by_id(cast("list[object]", value))
    return cast("dict[Any, object]", value) if isinstance(value, dict) else None


def differences(stored: object, expected: object, name: str = "") -> Iterator[str]:
    """Yield, for each field in which two of what `plain` made differ, a line that tells how."""
    left, right = _named(stored), _named(expected)
    if left is None or right is None:
        if stored != expected:
            told = f"{code(stored, LONGEST)}, but the oracle has {code(expected, LONGEST)}"
            yield f"{name}: {told}" if name else told
        return
    if isinstance(stored, list) and [*left] != [*right]:
        yield f"{name or 'ids'}: {[*left]}, but the oracle has {[*right]}"
    for key in left:
        if key in right:  # else a list of ids has told that it is absent
            yield from differences(left[key], right[key], f"{name}, {key}" if name else str(key))
