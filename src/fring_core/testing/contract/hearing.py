"""What causes are told of by a call, and what the store keeps of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import attrs
import pytest

from fring_core import Cause, Event, Forbidden
from fring_core.testing.contract.examples import LATER, PRECISE, contents
from fring_core.testing.replaying import by_subject, events_of, shown

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from fring_core import Store, Task

T = TypeVar("T")

# Another moment than that of the examples, and somebody else.
WHY = Cause(PRECISE, "Ann", "another request")
LISTS = (None, "ann", "7")
IDS = range(1, 10)  # of all tasks of these clauses


async def kept(store: Store) -> dict[str, list[object]]:
    """Return the events of all tasks of these clauses, by list and id, from the first on."""
    return {
        f"{owner, number}": shown(await events_of(store, number, owner))
        for owner in LISTS
        for number in IDS
    }


async def heard_of(
    store: Store, call: Callable[[Cause], Awaitable[T]], why: Cause = WHY
) -> tuple[T, list[Event]]:
    """Make a call; return what it returns, and the events that it told of.

    Assert that those of tasks, and no others, are kept with their cursors behind those before.
    """
    before, heard = await kept(store), list[Event]()
    result = await call(why.telling(heard.append))
    assert all(type(event.cursor) is str for event in heard), "each has a cursor"
    assert len({event.cursor for event in heard}) == len(heard), "and each one of its own"
    for event in heard:
        assert (event.task_id in IDS and event.owner in LISTS) or event.task_id is None
    assert await kept(store) == {
        place: events + shown(event for event in heard if f"{event.owner, event.task_id}" == place)
        for place, events in before.items()
    }
    return result, heard


async def check_heard(
    store: Store,
    call: Callable[[Cause], Awaitable[Any]],
    expected: Iterable[Event],
    why: Cause = WHY,
) -> None:
    """Make a call; assert that exactly these events were told of, those of each row in order."""
    _, heard = await heard_of(store, call, why)
    told = shown(by_subject(heard), cursors=False)
    assert told == shown(by_subject(expected), cursors=False)


async def check_unheard(
    store: Store,
    call: Callable[[Cause], Awaitable[object]],
    error: type[Exception] | None = None,
) -> None:
    """Make a call that is to raise this, or nothing; assert that it told and kept of nothing."""
    before, heard = [await contents(store), await kept(store)], list[Event]()
    why = WHY.telling(heard.append)
    if error is None:
        await call(why)
    else:
        with pytest.raises(error):
            await call(why)
    assert heard == []
    assert [await contents(store), await kept(store)] == before


def one_on(row: Any, **changes: Any) -> Any:
    """Return a row with other fields, one version on."""
    return attrs.evolve(row, version=row.version + 1, **changes)


def excited(task: Task) -> Task:
    """Return a task with another title, or refuse the one with the id 2: a verb."""
    if task.id == 2:  # one in the middle
        raise Forbidden("not this one")
    return attrs.evolve(task, title=f"{task.title}!", updated_at=LATER)


def becoming(changes: dict[str, Any]) -> Callable[[Any], Any]:
    """Return a verb that gives a row other fields."""
    return lambda row: attrs.evolve(row, **changes)
