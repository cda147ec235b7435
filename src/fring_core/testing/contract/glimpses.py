"""The contract of what others may see meanwhile: all of a call, and of a commit, or nothing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from fring_core import Role, TaskFilter
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import (
    CAUSE,
    add_task,
    add_user,
    check_none_failed,
    hash_of,
)
from fring_core.testing.contract.transactions import prepare, write_everywhere
from fring_core.testing.contract.turns import turns
from fring_core.testing.snapshot import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from fring_core import Store

    # What tells whether one effect of a change is there.
    Look = Callable[[], Coroutine[Any, Any, bool]]


async def _renamed(store: Store) -> bool:
    user = await store.users.get(1)
    return user is not None and user.username == "changed"


async def _retitled(store: Store) -> bool:
    task = await store.tasks.get(1, None)
    return task is not None and task.title == "changed"


async def _unassigned(store: Store) -> bool:
    return not await store.assignments.users_of(1)


async def _rehashed(store: Store) -> bool:
    return await hash_of(store, 1) == "changed"


async def _has_role(store: Store) -> bool:
    found = await store.credentials.get(1)
    return found is not None and found.role is Role.ADMIN


async def _has_user(store: Store) -> bool:
    return await store.users.get(2) is not None


async def _has_task(store: Store) -> bool:
    return await store.tasks.get(3, "ann") is not None


async def _assigned(store: Store) -> bool:
    return bool(await store.assignments.tasks_of(2, None))


async def _user_is_gone(store: Store) -> bool:
    return await store.users.get(4) is None


async def _task_is_gone(store: Store) -> bool:
    return await store.tasks.get(4, None) is None


# What `write_everywhere` does.
EFFECTS = (
    *(_renamed, _retitled, _unassigned, _rehashed, _has_role, _has_user),
    *(_has_task, _assigned, _user_is_gone, _task_is_gone),
)


class GlimpseTests(StoreTests):
    """Test what readers see while somebody writes."""

    async def _watched(self, writing: Coroutine[Any, Any, object], effects: list[Look]) -> None:
        """Read until a change is made: whoever has seen one effect of it sees all others.

        Some readers look for them in one order, some in the other.
        """
        written = False

        async def write() -> None:
            nonlocal written
            try:
                await writing
            finally:
                written = True

        async def read(order: list[Look]) -> None:
            while not written:
                seen = [await look() for look in order]
                assert seen == sorted(seen), "some of it was to be seen, and some not yet"
                await turns(1)

        orders = [effects, effects[::-1], effects[1:] + effects[:1]]
        check_none_failed(await self.together(*map(read, orders), write()))

    async def test_glimpse_of_a_removal(self, store: Store) -> None:
        """A call MUST be atomic: nobody sees half of a removal."""
        for number in (7, 8, 9):
            await add_user(store, "ann", number, "hash")
            owner, shared = str(number), await add_task(store)
            own = [await add_task(store, owner=owner) for _ in range(3)]
            await store.assignments.add(number, shared.id, CAUSE)

            async def is_gone(number: int = number) -> bool:
                return await store.users.get(number) is None

            async def has_no_hash(number: int = number) -> bool:
                return await hash_of(store, number) is None

            async def has_no_list(owner: str = owner) -> bool:
                return not await store.tasks.list(TaskFilter(), EVERYTHING, owner)

            async def has_no_last_task(task_id: int = own[-1].id, owner: str = owner) -> bool:
                return await store.tasks.get(task_id, owner) is None

            async def is_not_assigned(task_id: int = shared.id) -> bool:
                return not await store.assignments.users_of(task_id)

            effects: list[Look] = [
                is_gone,
                has_no_hash,
                has_no_list,
                has_no_last_task,
                is_not_assigned,
            ]
            await self._watched(store.users.remove(number, CAUSE), effects)
            assert [await look() for look in effects] == [True] * len(effects)

    async def test_glimpse_of_an_account(self, store: Store) -> None:
        """A call MUST be atomic: nobody finds a new user without its hash."""
        for number in (7, 8, 9):
            name = f"u{number}"

            async def is_there(number: int = number) -> bool:
                return await store.users.get(number) is not None

            async def is_found(name: str = name) -> bool:
                return await store.credentials.find(name, None) is not None

            async def has_a_hash(name: str = name) -> bool:
                found = await store.credentials.find(name, None)
                return found is not None and found.password_hash == "hash"  # noqa: S105  # of nobody

            effects: list[Look] = [is_there, is_found, has_a_hash]
            await self._watched(add_user(store, name, number, "hash"), effects)
            assert [await look() for look in effects] == [True] * len(effects)

    async def test_glimpse_of_a_commit(self, store: Store) -> None:
        """They MUST see all of a commit or nothing."""
        await prepare(store)

        async def write() -> None:
            async with store.transaction() as inner:
                await write_everywhere(inner)

        await self._watched(write(), [partial(look, store) for look in EFFECTS])
        assert [await look(store) for look in EFFECTS] == [True] * len(EFFECTS)
