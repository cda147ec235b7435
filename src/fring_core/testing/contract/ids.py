"""The contract of ids: drawn, chosen, and those that name nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from fring_core import FringError, IdTaken, Outcome, Task, TaskFilter, User, UserFilter
from fring_core.ids import MAX_CHOSEN_ID, MAX_ID
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import (
    CALLERS,
    CAUSE,
    OWNERS,
    add_task,
    add_user,
    contents,
    ghost_task,
    ghost_user,
    losers,
    save,
)
from fring_core.testing.snapshot import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from fring_core import Store

    Add = Callable[..., Coroutine[Any, Any, User | Task]]

# These two are possible, but name nothing here: in 32 bits the first would be 1.
NAMELESS_IDS = (2**32 + 1, MAX_ID)

both_kinds: Final = pytest.mark.parametrize("add", [add_user, add_task])


def near(drawn: int, count: int = 8) -> list[int]:
    """Return ids that may be chosen, and that a store may draw soon after this one.

    They come after it; or before it, if callers may not choose as many after it.
    """
    if drawn <= MAX_CHOSEN_ID - count:
        return [*range(drawn + 1, drawn + 1 + count)]
    end = min(drawn, MAX_CHOSEN_ID + 1)
    return [*range(end - count, end)]


class IdTests(StoreTests):
    """Test which ids the store gives, takes and knows."""

    @both_kinds
    async def test_id_drawn_is_new(self, store: Store, add: Add) -> None:
        """With `new.id` None the store MUST draw an id that no user has ever had.

        With `new.id` None the store MUST draw an id that no task has ever had.
        """
        ids = [(await add(store, f"u{number}")).id for number in range(20)]
        assert len(set(ids)) == len(ids)
        assert all(0 < number <= MAX_ID for number in ids)

    @both_kinds
    async def test_id_drawn_passes_chosen_ones(self, store: Store, add: Add) -> None:
        """It MUST NOT fail because a caller chose the id that was next."""
        first = (await add(store, "first")).id
        chosen = near(first, 128)
        for number in chosen:
            await add(store, f"chosen{number}", number)
        drawn = [(await add(store, f"drawn{number}")).id for number in range(10)]
        assert len({first, *chosen, *drawn}) == 1 + 128 + 10

    async def test_id_of_a_task_is_of_no_other_list(self, store: Store) -> None:
        """With `new.id` None the store MUST draw an id that no task has ever had, on whichever list."""
        for number, owner in enumerate(OWNERS * 4):
            await add_task(store, chosen=2 * number + 1, owner=owner)
        drawn = {(await add_task(store, owner=owner)).id for owner in OWNERS * 7}
        assert len(drawn - set(range(1, 25, 2))) == 21

    @both_kinds
    async def test_id_chosen_is_kept(self, store: Store, add: Add) -> None:
        """Entities MUST come back equal to what was stored, a chosen id included."""
        for number in (7, 3, MAX_CHOSEN_ID):
            added = await add(store, f"u{number}", number)
            assert added.id == number
            found = [await store.users.get(number), await store.tasks.get(number, None)]
            assert added in found
            for other in (number - 1, number + 1):
                assert await store.users.get(other) is None
                assert await store.tasks.get(other, None) is None

    @both_kinds
    async def test_id_drawn_after_the_greatest_was_chosen(self, store: Store, add: Add) -> None:
        """It MUST NOT fail because a caller chose the id that was next: or the greatest there is.

        With `new.id` None the store MUST draw an id that no user has ever had. With `new.id` None
        the store MUST draw an id that no task has ever had.
        """
        chosen = (MAX_CHOSEN_ID, MAX_CHOSEN_ID - 1, 2**24 + 1, 2**16)
        rows = [await add(store, f"chosen{number}", number) for number in chosen]
        rows += [await add(store, f"drawn{n}") for n in range(3)]
        ids = [row.id for row in rows]
        assert len(set(ids)) == len(ids)
        for row in rows:
            assert row in (await store.users.get(row.id), await store.tasks.get(row.id, None))
            assert type(row.id) is int

    async def test_id_of_several_digits(self, store: Store) -> None:
        """Return a user's shared tasks by ascending id, those in `status` if it is given.

        Return the users of a shared task by ascending id, or None if there is no such task. Pairs
        of ids whose digits are the same, one after the other, are not the same.
        """
        numbers = (1, 11, 111, 12, 2, 21, 10, MAX_CHOSEN_ID)
        for number in numbers:
            await add_user(store, f"u{number}", number)
            await add_task(store, f"t{number}", number)
        pairs = {(1, 11), (11, 1), (12, 1), (1, 111), (1, 2), (2, 1), (10, 1), (1, 10)}
        pairs |= {(MAX_CHOSEN_ID, 1), (1, MAX_CHOSEN_ID)}
        outcomes = [await store.assignments.add(*pair, CAUSE) for pair in sorted(pairs)]
        assert all(outcome.changed for outcome in outcomes)
        for gone in (None, (1, 11), (12, 1)):
            if gone is not None:
                assert (await store.assignments.remove(*gone, CAUSE)).changed
                pairs.remove(gone)
            for number in numbers:
                tasks = await store.assignments.tasks_of(number, None) or ()
                assert [t.id for t in tasks] == sorted(t for u, t in pairs if u == number)
                users = await store.assignments.users_of(number) or ()
                assert [u.id for u in users] == sorted(u for u, t in pairs if t == number)

    @both_kinds
    async def test_id_chosen_by_many_has_one_winner(self, store: Store, add: Add) -> None:
        """Raise `IdTaken` if the chosen id is in use, on whichever list: one of many gets it.

        Raise `UsernameTaken`, else `EmailTaken`, else `IdTaken`, the first that holds.
        """
        results = await self.together(*(add(store, f"u{n}", 7) for n in CALLERS))
        assert losers(results) == [IdTaken] * (len(CALLERS) - 1)
        assert await _count(store) == 1

    async def test_id_chosen_on_two_lists_has_one_winner(self, store: Store) -> None:
        """Raise `IdTaken` if the chosen id is in use, on whichever list."""
        calls = [add_task(store, "t", 7, OWNERS[n % 2]) for n in CALLERS]
        assert losers(await self.together(*calls)) == [IdTaken] * (len(CALLERS) - 1)
        found = [await store.tasks.get(7, owner) for owner in OWNERS[:2]]
        assert found.count(None) == 1

    @both_kinds
    async def test_id_drawn_while_others_choose(self, store: Store, add: Add) -> None:
        """It MUST NOT fail because a caller chose the id that was next, at the same time too."""
        base = (await add(store, "base")).id
        drawn = [add(store, f"drawn{n}") for n in CALLERS]
        chosen = [add(store, f"chosen{n}", n) for n in near(base, len(CALLERS))]
        pairs = zip(chosen, drawn, strict=True)
        results = await self.together(*(call for pair in pairs for call in pair))
        assert losers(results[1::2]) == [], "an add that left the id to the store"
        assert set(losers(results[0::2])) <= {IdTaken}
        kept = [result.id for result in results if not isinstance(result, FringError)]
        assert len(set(kept)) == len(kept)
        assert await _count(store) == 1 + len(kept)

    async def test_id_that_names_no_user(self, store: Store) -> None:
        """An id that no row has MUST be answered as absent, up to the greatest."""
        await add_user(store, chosen=1)
        before = await contents(store)
        for number in NAMELESS_IDS:
            assert await store.users.get(number) is None, number
            assert await store.users.get_with_tasks(number) is None, number
            assert await save(store, ghost_user(number)) is None, number
            assert await store.users.remove(number, CAUSE) is False, number
        assert await contents(store) == before

    async def test_id_that_names_no_task(self, store: Store) -> None:
        """An id that no row has MUST be answered as absent, up to the greatest."""
        for owner in OWNERS:
            await add_task(store, chosen=1, owner=owner)
            before = await contents(store)
            for number in NAMELESS_IDS:
                assert await store.tasks.get(number, owner) is None, number
                assert await store.tasks.get_with_users(number, owner) is None, number
                assert await save(store, ghost_task(number, owner)) is None, number
                assert await store.tasks.remove(number, owner, CAUSE) is False, number
            assert await contents(store) == before
            await store.tasks.remove(1, owner, CAUSE)

    async def test_id_that_names_nothing_to_assign(self, store: Store) -> None:
        """An id that no row has MUST be answered as absent, up to the greatest."""
        user, task = await add_user(store, chosen=1), await add_task(store, chosen=1)
        await store.assignments.add(user.id, task.id, CAUSE)
        before = await contents(store)
        no_user = Outcome(user_exists=False, task_exists=True, changed=False)
        no_task = Outcome(user_exists=True, task_exists=False, changed=False)
        neither = Outcome(user_exists=False, task_exists=False, changed=False)
        for number in NAMELESS_IDS:
            for change in (store.assignments.add, store.assignments.remove):
                assert await change(number, task.id, CAUSE) == no_user, number
                assert await change(user.id, number, CAUSE) == no_task, number
                assert await change(number, number, CAUSE) == neither, number
            assert await store.assignments.tasks_of(number, None) is None, number
            assert await store.assignments.users_of(number) is None, number
        assert await contents(store) == before


async def _count(store: Store) -> int:
    """Return how many users and shared tasks there are."""
    users = await store.users.list(UserFilter(), EVERYTHING)
    return len(users) + len(await store.tasks.list(TaskFilter(), EVERYTHING, None))
