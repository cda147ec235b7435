"""The contract of what one call returns while others write: what was so at one moment."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

import attrs

from fring_core import Role, TaskFilter, TaskOrder, UserFilter
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import CAUSE, add_task, add_user, check_none_failed, save
from fring_core.testing.contract.turns import pause
from fring_core.testing.snapshot import EVERYTHING, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from fring_core import Store

    Read = Callable[[Store], Coroutine[Any, Any, object]]

# Each shows several rows, or several things that are kept of one.
READS: dict[str, Read] = {
    "users.get_with_tasks": lambda store: store.users.get_with_tasks(1),
    "users.list": lambda store: store.users.list(UserFilter(), EVERYTHING),
    "credentials.get": lambda store: store.credentials.get(1),
    "credentials.find": lambda store: store.credentials.find("u1", None),
    "credentials.find by e-mail": lambda store: store.credentials.find(None, "u1@example.org"),
    "tasks.get_with_users": lambda store: store.tasks.get_with_users(1, None),
    "tasks.list": lambda store: store.tasks.list(
        TaskFilter(assigned=True), EVERYTHING, None, TaskOrder.BY_TITLE
    ),
    "assignments.tasks_of": lambda store: store.assignments.tasks_of(1, None),
    "assignments.users_of": lambda store: store.assignments.users_of(1),
}


async def fill(store: Store) -> None:
    """Add two users and two tasks, assigned all to all."""
    for number in (1, 2):
        await add_user(store, f"u{number}", number, "old")
        await add_task(store, f"t{number}", number)
    for pair in ((1, 1), (1, 2), (2, 1), (2, 2)):
        await store.assignments.add(*pair, CAUSE)


async def change_all(store: Store) -> None:
    """Change both tasks, and the hash and the role of a user; two users swap their names."""
    async with store.transaction() as inner:
        one, other = await inner.users.get(1), await inner.users.get(2)
        found = await inner.credentials.get(1)
        assert one is not None
        assert other is not None
        assert found is not None
        between = await save(inner, attrs.evolve(one, username="between", email="b@e.o"))
        assert between is not None
        for user, names in ((other, one), (between, other)):
            await save(inner, attrs.evolve(user, username=names.username, email=names.email))
        for number in (1, 2):
            task = await inner.tasks.get(number, None)
            assert task is not None
            await save(inner, attrs.evolve(task, title=f"t{number} {task.version}"))
        await inner.credentials.replace(found, f"hash {one.version}")
        await inner.credentials.set_role(1, (Role.ADMIN, Role.VIEWER)[found.role is Role.ADMIN])


class SingleReadTests(StoreTests):
    """Test what single calls return while somebody writes."""

    async def test_glimpse_in_one_read(self, store: Store) -> None:
        """What one call returns MUST have been so at one moment.

        It is as it was before a commit or a removal, or as it is after it.
        """
        await fill(store)
        await self._watch(store, change_all(store))
        await self._watch(store, store.tasks.remove(2, None, CAUSE))
        await self._watch(store, store.users.remove(1, CAUSE))
        await add_user(store, "again", 1)
        await store.assignments.add(1, 1, CAUSE)
        await self._watch(store, store.tasks.remove(1, None, CAUSE))

    async def _watch(self, store: Store, writing: Coroutine[Any, Any, object]) -> None:
        """Read in every way while something is written: each answer is the old or the new one."""
        right: dict[str, list[object]] = {}
        seen: dict[str, list[object]] = {name: [] for name in READS}
        longest, written = 0.0, False
        for name, read in READS.items():
            begun = perf_counter()
            right[name] = [plain(await read(store))]
            longest = max(longest, perf_counter() - begun)

        async def write() -> None:
            nonlocal written
            try:
                await pause(longest / 2)  # in the middle of the reads
                await writing
            finally:
                written = True

        async def look(name: str, read: Read) -> None:
            while not written:
                seen[name].append(plain(await read(store)))
                await pause(0)

        looking = [look(name, read) for name, read in READS.items()]
        check_none_failed(await self.together(*looking, write()))
        for name, read in READS.items():
            right[name].append(plain(await read(store)))
            for answer in seen[name]:
                assert answer in right[name], f"{name} never was this"
