"""The contract of reading after writing: no way to read is behind the others."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import attrs

from fring_core.testing.agreement import agreed
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import (
    CAUSE,
    Undo,
    add_task,
    add_user,
    check_none_failed,
    save,
)
from fring_core.testing.contract.turns import pause
from fring_core.testing.contract.writes import WRITES, settle
from fring_core.testing.snapshot import plain

if TYPE_CHECKING:
    from fring_core import Store

_ALL = [*WRITES.values()]
AT_FIRST = 0.002  # seconds in which others read what is about to be old
HALVES = (_ALL[:8], _ALL[8:])


class FreshTests(StoreTests):
    """Test that all reads agree, whatever was read before."""

    async def test_fresh_after_calls(self, store: Store) -> None:
        """What a call has done MUST be seen by every call that begins later.

        Their fields, and those of an outcome, MUST have the types that they name.
        """
        await settle(store)
        before = await agreed(store)
        for name, write in WRITES.items():
            await write(store)
            after = await agreed(store)
            assert after != before, name
            before = after

    async def test_fresh_while_others_read(self, store: Store) -> None:
        """What a call has done MUST be seen by every call that begins later, whatever others read meanwhile."""
        user, task = await add_user(store, chosen=1), await add_task(store, chosen=1)
        await store.assignments.add(1, 1, CAUSE)
        task = attrs.evolve(task, version=2)
        written = False

        async def write(names: tuple[str, str]) -> None:
            nonlocal user, task, written
            try:
                for name in names:
                    await pause(AT_FIRST)
                    user = await save(store, attrs.evolve(user, username=name)) or user
                    task = await save(store, attrs.evolve(task, title=name)) or task
            finally:
                written = True

        async def read() -> None:
            while not written:
                await store.users.get(1)
                await store.tasks.get(1, None)
                await store.credentials.get(1)
                await store.assignments.users_of(1)
                await pause(0)

        for names in (("a", "b"), ("c", "d"), ("e", "f"), ("g", "h")):
            written = False
            check_none_failed(await self.together(read(), read(), write(names)))
            assert plain(await store.users.get(1)) == plain(user)
            assert plain(await store.tasks.get(1, None)) == plain(task)
        assert (user.version, task.version) == (9, 10)
        await agreed(store)

    async def test_fresh_after_commits(self, store: Store) -> None:
        """Calls inside MUST see what was done inside.

        What a call has done MUST be seen by every call that begins later, a commit included. Until
        the commit, other callers MUST NOT see any effect.
        """
        await settle(store)
        before = await agreed(store)
        for half in HALVES:
            async with store.transaction() as inner:
                assert await agreed(inner) == before
                for write in half:
                    await write(inner)
                after = await agreed(inner)
                assert after != before
                assert await agreed(store) == before
            assert await agreed(store) == after
            before = after

    async def test_fresh_after_rollbacks(self, store: Store) -> None:
        """Leaving it by an exception, cancellation included, MUST roll back.

        Whatever was read inside meanwhile.
        """
        await settle(store)
        before = await agreed(store)
        with suppress(Undo):
            async with store.transaction() as outer:
                for half in HALVES:
                    was = await agreed(outer)
                    with suppress(Undo):
                        async with outer.transaction() as inner:
                            for write in half:
                                await write(inner)
                            assert await agreed(inner) != was
                            raise Undo
                    assert await agreed(outer) == was
                    for write in half:
                        await write(outer)
                raise Undo
        assert await agreed(store) == before
