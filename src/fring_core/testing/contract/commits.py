"""The contract of commits that were overtaken: the same row, name or id was written outside.

Whoever is outside writes before the transaction does, or after it: a store with one writer lets
them wait then.
"""

from __future__ import annotations

from contextlib import suppress
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from fring_core import Credential, FringError, NewUser, TransactionConflict
from fring_core.testing.agreement import LISTS
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import (
    CAUSE,
    Undo,
    add_task,
    add_user,
    contents,
    ghost_task,
    ghost_user,
    save,
)
from fring_core.testing.contract.ids import both_kinds
from fring_core.testing.contract.overtaking import either_way, overtaking, read_first
from fring_core.testing.contract.writes import WRITES, settle
from fring_core.testing.snapshot import plain, snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from fring_core import Store
    from fring_core.testing.contract.ids import Add
    from fring_core.testing.contract.overtaking import Begin

    Write = Callable[[Store, str], Coroutine[Any, Any, object]]


def _rename(number: int, **changes: str) -> Write:
    def rename(store: Store, who: str) -> Coroutine[Any, Any, object]:
        named: dict[str, Any] = {name: text.format(who) for name, text in changes.items()}
        user = attrs.evolve(
            ghost_user(number), username=f"u{number}", email=f"u{number}@example.org"
        )
        return save(store, attrs.evolve(user, **named))

    return rename


def _retitle(store: Store, who: str) -> Coroutine[Any, Any, object]:
    return save(store, attrs.evolve(ghost_task(1), title=who))


def _replace(store: Store, who: str) -> Coroutine[Any, Any, object]:
    return store.credentials.replace(Credential(ghost_user(1), "h1"), who)


def _add(**texts: str) -> Write:
    def add(store: Store, who: str) -> Coroutine[Any, Any, object]:
        username, email = (texts.get(name, f"{who}@e.o") for name in ("username", "email"))
        return store.users.add(NewUser(username, email, 7 if "id" in texts else None), CAUSE)

    return add


def _same(method: str, *arguments: object) -> Write:
    """Return a write that is the same whoever makes it."""

    def write(store: Store, _who: str) -> Coroutine[Any, Any, object]:
        called: Coroutine[Any, Any, object] = attrgetter(method)(store)(*arguments, CAUSE)
        return called

    return write


ASSIGN, UNASSIGN = _same("assignments.add", 3, 2), _same("assignments.remove", 1, 1)
REMOVE_USER, REMOVE_ASSIGNED = _same("users.remove", 1), _same("users.remove", 3)
REMOVE_TASK = _same("tasks.remove", 1, None)
REMOVE_ASSIGNED_TASK = _same("tasks.remove", 2, None)

# What is done outside, and then inside.
OVERTAKEN: dict[str, tuple[Write, Write]] = {
    "add, add the id": (_add(id="7"), _add(id="7")),
    "add a task, add the id": (
        lambda store, who: add_task(store, who, 7),
        lambda store, who: add_task(store, who, 7, "ann"),
    ),
    "add, add the username": (_add(username="new"), _add(username="new")),
    "add, add the e-mail": (_add(email="new@e.o"), _add(email="new@e.o")),
    "rename, add the name": (_rename(1, username="new"), _add(username="new")),
    "add, rename to the name": (_add(username="new"), _rename(1, username="new")),
    "rename, rename another": (_rename(1, username="new"), _rename(3, username="new")),
    "take an e-mail, take it": (_rename(1, email="new@e.o"), _rename(3, email="new@e.o")),
    "take an e-mail, add it": (_rename(1, email="new@e.o"), _add(email="new@e.o")),
    "add an e-mail, take it": (_add(email="new@e.o"), _rename(1, email="new@e.o")),
    "save, save": (_rename(1, username="{}"), _rename(1, username="{}")),
    "save a task, save it": (_retitle, _retitle),
    "save, remove": (_rename(1, username="{}"), REMOVE_USER),
    "remove, save": (REMOVE_USER, _rename(1, username="{}")),
    "remove a task, save it": (REMOVE_TASK, _retitle),
    "remove, remove": (REMOVE_USER, REMOVE_USER),
    "remove a task, remove it": (REMOVE_TASK, REMOVE_TASK),
    "replace, replace": (_replace, _replace),
    "replace, remove": (_replace, REMOVE_USER),
    "replace, save": (_replace, _rename(1, username="{}")),
    "assign, assign": (ASSIGN, ASSIGN),
    "assign, remove": (ASSIGN, REMOVE_ASSIGNED),
    "assign, remove the task": (ASSIGN, REMOVE_ASSIGNED_TASK),
    "un-assign, un-assign": (UNASSIGN, UNASSIGN),
    "remove, un-assign": (REMOVE_USER, UNASSIGN),
    "remove the task, un-assign": (REMOVE_TASK, UNASSIGN),
}


async def write_inside(inner: Store, write: Write) -> object:
    """Write, and something else that nobody is in the way of, before and after it."""
    await add_user(inner, "before", 8)
    written = plain(await write(inner, "mine"))
    await add_task(inner, "after", 8)
    return written


async def check_overtaken(
    tests: StoreTests,
    store: Store,
    begin: Begin,
    faster: Write,
    inside: Write,
    *,
    read: Begin = read_first,
) -> None:
    """Assert that what was overtaken is as if it had begun later, or is refused and not there."""
    await settle(store)
    expected: list[object] = []
    with suppress(Undo, FringError):
        async with store.transaction() as trial:
            await begin(trial)
            await faster(trial, "theirs")
            expected = [await write_inside(trial, inside), await snapshot(trial, LISTS)]
            raise Undo
    theirs: object = None
    try:
        async with overtaking(tests, store, begin) as (inner, outside):
            await read(inner)
            await outside(faster(store, "theirs"))
            theirs = await snapshot(store, LISTS)
            mine = await write_inside(inner, inside)
    except Undo:
        return  # whoever is outside waits
    except FringError:
        assert await snapshot(store, LISTS) == theirs, "what was refused is there in part"
    else:
        assert [mine, await snapshot(store, LISTS)] == expected


class CommitTests(StoreTests):
    """Test transactions in which somebody outside was faster."""

    @pytest.mark.parametrize(("outside", "inside"), OVERTAKEN.values(), ids=OVERTAKEN)
    @either_way
    async def test_commit_that_was_overtaken(
        self, store: Store, outside: Write, inside: Write, begin: Begin
    ) -> None:
        """A commit that would undo another's work MUST raise `TransactionConflict` and do nothing.

        A call inside may raise it already. While a transaction is open, calls outside MUST go on:
        reads always, and writes until it has written itself. If it is not refused, all is as if it
        had begun later. Beside what is said at a method, a store MUST raise nothing but
        `StoreUnavailable` and `TransactionConflict`.
        """

        async def read(inner: Store) -> None:
            await snapshot(inner, LISTS)

        await check_overtaken(self, store, begin, outside, inside, read=read)

    async def test_commit_past_another_row(self, store: Store) -> None:
        """It MUST NOT give a wrong answer in its place.

        Somebody wrote other rows: whatever is written first inside has the answer that it has
        when nobody did, or `TransactionConflict`. What others commit meanwhile, calls inside may
        see at once, or not at all.
        """
        await settle(store)
        for number, (name, write) in enumerate(WRITES.items(), 100):
            answers: list[object] = []
            for overtaken in (False, True):
                with suppress(Undo, TransactionConflict):
                    async with store.transaction() as inner:
                        assert await inner.users.get(3) is not None
                        if overtaken:
                            await add_user(store, f"u{number}", number)
                            task = await add_task(store, name, number)
                            assert await inner.tasks.get(task.id, None) in (None, task)
                        answers.append(plain(await write(inner)))
                        raise Undo
            assert answers in (answers[:1], answers[:1] * 2), name
            assert answers, name

    @both_kinds
    @either_way
    async def test_commit_of_what_was_drawn(self, store: Store, add: Add, begin: Begin) -> None:
        """A commit that would undo another's work MUST raise `TransactionConflict` and do nothing.

        Both drew an id: both rows are there.
        """
        await add(store, "first")
        kept = [await add(store, "second")]

        async def add_theirs() -> None:
            kept.extend([await add(store, f"theirs{n}") for n in range(3)])

        with suppress(TransactionConflict, Undo):
            async with overtaking(self, store, begin) as (inner, outside):
                await contents(inner)
                await outside(add_theirs())
                mine = [await add(inner, f"mine{n}") for n in range(3)]
            kept += mine
        assert len({row.id for row in kept}) == len(kept)
        for row in kept:
            assert row in (await store.users.get(row.id), await store.tasks.get(row.id, None))
