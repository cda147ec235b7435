"""The contract of where events are, and where not: after failures, in transactions, by lists."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from fring_core import (
    EmailTaken,
    Event,
    Forbidden,
    IdTaken,
    NewTask,
    NewUser,
    Slice,
    UsernameTaken,
    VersionConflict,
)
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import CAUSE, Undo, add_task, add_user
from fring_core.testing.contract.hearing import (
    WHY,
    becoming,
    check_unheard,
    excited,
    heard_of,
    kept,
)
from fring_core.testing.replaying import check_versions, events_of, shown

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fring_core import Cause, Store


def refuse(_: object) -> Any:
    """Refuse whatever it is: a verb."""
    raise Forbidden("nothing of it")


# Calls after `_settle` that raise something, or find nothing to do.
IN_VAIN: dict[str, tuple[Callable[[Store, Cause], Awaitable[object]], type[Exception] | None]] = {
    "add a user, id taken": (lambda s, why: s.users.add(NewUser("x", "x@e.o", 8), why), IdTaken),
    "add a user, name taken": (
        lambda s, why: s.users.add(NewUser("bob", "x@e.o", 9), why, "hash"),
        UsernameTaken,
    ),
    "add a user, e-mail taken": (
        lambda s, why: s.users.add(NewUser("x", "bob@example.org", 9), why),
        EmailTaken,
    ),
    "rename a user, name taken": (
        lambda s, why: s.users.change(7, becoming({"username": "bob"}), why),
        UsernameTaken,
    ),
    "move a user, e-mail taken": (
        lambda s, why: s.users.change(7, becoming({"email": "bob@example.org"}), why),
        EmailTaken,
    ),
    "change a user, refused": (lambda s, why: s.users.change(7, refuse, why), Forbidden),
    "change no user": (lambda s, why: s.users.change(6, becoming({}), why), None),
    "remove a user, another version": (
        lambda s, why: s.users.remove(7, why, version=2),
        VersionConflict,
    ),
    "remove no user": (lambda s, why: s.users.remove(6, why), None),
    "add a task, id taken": (
        lambda s, why: s.tasks.add(NewTask("x", id=2), "ann", why),
        IdTaken,
    ),
    "add tasks, ids taken": (
        lambda s, why: s.tasks.add_many([NewTask("x", id=2), NewTask("x", id=3)], None, why),
        None,
    ),
    "change a task, refused": (lambda s, why: s.tasks.change(2, None, excited, why), Forbidden),
    "change no task": (lambda s, why: s.tasks.change(9, None, excited, why), None),
    "change one of another list": (lambda s, why: s.tasks.change(3, None, excited, why), None),
    "change tasks, refused": (lambda s, why: s.tasks.change_many([2, 9], None, refuse, why), None),
    "remove a task, another version": (
        lambda s, why: s.tasks.remove(1, None, why, version=1),
        VersionConflict,
    ),
    "remove no task": (lambda s, why: s.tasks.remove(9, None, why), None),
    "remove one of another list": (lambda s, why: s.tasks.remove(1, "ann", why), None),
    "assign again": (lambda s, why: s.assignments.add(7, 1, why), None),
    "assign nothing": (lambda s, why: s.assignments.add(7, 9, why), None),
    "assign to nobody": (lambda s, why: s.assignments.add(6, 1, why), None),
    "assign one of another list": (lambda s, why: s.assignments.add(7, 3, why), None),
    "un-assign what is not": (lambda s, why: s.assignments.remove(8, 1, why), None),
    "un-assign nothing": (lambda s, why: s.assignments.remove(7, 9, why), None),
    "un-assign from nobody": (lambda s, why: s.assignments.remove(6, 1, why), None),
}


async def _settle(store: Store) -> None:
    for name, number in (("ann", 7), ("bob", 8)):
        await add_user(store, name, number, "hash")
    for number, owner in ((1, None), (2, None), (3, "ann")):
        await add_task(store, f"t{number}", number, owner)
    await store.assignments.add(7, 1, CAUSE)


async def _change_all(store: Store, why: Cause) -> None:
    """Change a task, assign it, add one, remove one: all that is on the board."""
    await store.tasks.change(1, None, excited, why)
    await store.assignments.add(8, 1, why)
    await store.tasks.add_many([NewTask("new", id=4)], None, why)
    await store.tasks.remove(2, None, why)


class EventPlaceTests(StoreTests):
    """Test where events are kept, and where there are none."""

    @pytest.mark.parametrize(("call", "error"), IN_VAIN.values(), ids=IN_VAIN)
    async def test_event_of_nothing(
        self,
        store: Store,
        call: Callable[[Store, Cause], Awaitable[object]],
        error: type[Exception] | None,
    ) -> None:
        """A call that raises MUST record none, and so MUST one that changes no row."""
        await _settle(store)
        await check_unheard(store, partial(call, store), error)
        async with store.transaction() as inner:
            await check_unheard(inner, partial(call, inner), error)
            await inner.tasks.change(1, None, excited, WHY)
        assert len(await events_of(store, 1)) == len(["added", "assigned", "changed"])

    async def test_event_inside(self, store: Store) -> None:
        """Inside a transaction, its own MUST be among them.

        Until the commit, other callers MUST NOT see any effect. They MUST see all of a commit or
        nothing.
        """
        await _settle(store)
        before, heard = await kept(store), list[Event]()
        async with store.transaction() as inner:
            for call in (
                partial(inner.tasks.change, 1, None, excited),
                partial(inner.assignments.add, 8, 1),
                partial(inner.tasks.add_many, [NewTask("new", id=4)], None),
                partial(inner.tasks.remove, 2, None),
            ):
                heard += (await heard_of(inner, call))[1]
                assert await kept(store) == before
            [newest, *_] = await inner.events.of_task(1, None, 1)
            older = await inner.events.of_task(1, None, 1, newest.cursor)
            assert shown(older) == shown(heard[:1])
            inside = await kept(inner)
        assert await kept(store) == inside
        assert shown(await events_of(store, 1))[2:] == shown(heard[:2])

    @pytest.mark.parametrize("depth", [0, 1, 2])
    async def test_event_rolled_back(self, store: Store, depth: int) -> None:
        """Leaving it by an exception, cancellation included, MUST roll back.

        Inside a transaction, another one MUST be able to fail alone, to any depth. What was rolled
        back has left no event, and no gap in the versions.
        """
        await _settle(store)

        async def undo(level: Store, deeper: int) -> None:
            before = await kept(level)
            with suppress(Undo):
                async with level.transaction() as inner:
                    await _change_all(inner, WHY)
                    assert await kept(inner) != before
                    if deeper:
                        await undo(inner, deeper - 1)
                    raise Undo
            assert await kept(level) == before

        await undo(store, depth)
        async with store.transaction() as outer:
            await outer.tasks.change(1, None, excited, WHY)
            await undo(outer, depth)
            async with outer.transaction() as inner:
                await undo(inner, depth)
                await _change_all(inner, WHY)
            inside = await kept(outer)
        assert await kept(store) == inside
        for number in (1, 2, 4):
            check_versions(await events_of(store, number))

    async def test_event_of_a_list(self, store: Store) -> None:
        """They MUST be those of the tasks that had this id on this list, and no others.

        An id is chosen again, on another list and on the same.
        """
        for owner in (None, "ann", None, "Ann"):
            await add_task(store, f"of {owner}", 5, owner)
            await store.tasks.change(5, owner, excited, CAUSE)
            await store.tasks.remove(5, owner, CAUSE)
        await add_task(store, "another", 6)
        for owner, times in ((None, 2), ("ann", 1), ("Ann", 1), ("an", 0), ("None", 0), ("", 0)):
            events = await events_of(store, 5, owner)
            titles = [event.after["title"] for event in events if "title" in event.after]
            assert titles == [f"of {owner}", f"of {owner}!"] * times
            assert [event.version for event in events] == [1, 2, 3] * times
            assert {event.owner for event in events} == {owner} if times else not events

    @pytest.mark.parametrize("number", [5, 1, 2**31, 2**63 - 1])
    async def test_event_of_no_task(self, store: Store, number: int) -> None:
        """An id that no row has MUST be answered as absent, up to the greatest."""
        await add_task(store, chosen=7)
        await add_user(store, chosen=5)
        found = await store.events.of_task(number, None, 10)
        assert isinstance(found, Slice)
        assert ([*found], found.more) == ([], False)
