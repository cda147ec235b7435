"""The contract of saves: what they change, and what they leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import attrs
import pytest

from fring_core import (
    Credential,
    EmailTaken,
    Forbidden,
    NewUser,
    Role,
    TaskStatus,
    UserFilter,
    UsernameTaken,
)
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import (
    CAUSE,
    DUE,
    LATER,
    E,
    Undo,
    add_task,
    add_user,
    by_id,
    check_next,
    contents,
    rows,
    save,
)
from fring_core.testing.snapshot import EVERYTHING, plain

if TYPE_CHECKING:
    from fring_core import Store


# More than a signed byte counts; of these some are looked at, where the digits become more too.
SAVES = 130
LOOKED_AT = (1, 2, 9, 10, 99, SAVES - 1)


class SaveTests(StoreTests):
    """Test what the two saves have in common."""

    async def test_save_of_what_is_as_it_was(self, store: Store) -> None:
        """A user that is as it was MUST be one version on too.

        A task that is as it was MUST be one version on too. It is one version on each time. Nor does it to the
        depth of transactions, nor to versions.
        """
        user, task = await add_user(store), await add_task(store)
        for n in range(1, SAVES):
            saved_user, saved_task = await save(store, user), await save(store, task)
            check_next(saved_user, user)
            check_next(saved_task, task)
            if n in LOOKED_AT:
                check_next(await store.users.get(user.id), user)
                check_next(await store.tasks.get(task.id, None), task)
                assert await save(store, user) is None, "that version is over"
                assert await save(store, task) is None, "that version is over"
            user, task = saved_user or user, saved_task or task

    @pytest.mark.parametrize("error", [Forbidden("no"), KeyError("no"), Undo()])
    async def test_save_that_its_verb_refuses(self, store: Store, error: Exception) -> None:
        """What it raises MUST be raised, and nothing changed: as it is, and inside a transaction."""
        user, task = await add_user(store), await add_task(store)
        before = await contents(store)

        def refuse(_: object) -> NoReturn:
            raise error

        async def try_both(store: Store) -> None:
            with pytest.raises(type(error)) as raised:
                await store.users.change(user.id, refuse, CAUSE)
            assert raised.value is error
            with pytest.raises(type(error)) as raised:
                await store.tasks.change(task.id, None, refuse, CAUSE)
            assert raised.value is error

        await try_both(store)
        async with store.transaction() as inner:
            await try_both(inner)
            await add_task(inner, "after that", 7)
        assert await store.tasks.remove(7, None, CAUSE) is True
        assert await contents(store) == before

    async def test_save_shows_its_verb_the_row(self, store: Store) -> None:
        """`verb` MUST see the present row: what is stored, and in a transaction what was done there.

        It MAY be called again, on what the row is then.
        """
        user, task = await add_user(store), await add_task(store, owner="ann")
        seen: list[Any] = []

        def look(entity: E) -> E:
            seen.append(plain(entity))
            return entity

        async def both(store: Store) -> None:
            seen.clear()
            users, tasks = store.users, store.tasks
            expected = [plain(await users.get(user.id)), plain(await tasks.get(task.id, "ann"))]
            await users.change(user.id, look, CAUSE)
            await tasks.change(task.id, "ann", look, CAUSE)
            assert expected[0] in seen
            assert expected[1] in seen

        await both(store)
        await both(store)
        async with store.transaction() as inner:
            await inner.users.change(
                user.id, lambda user: attrs.evolve(user, username="inside"), CAUSE
            )
            await both(inner)
            await both(inner)
        await both(store)
        assert (await store.users.get(user.id) or user).username == "inside"
        assert await store.tasks.change(task.id, None, look, CAUSE) is None, "it is on another list"

    async def test_save_leaves_what_it_does_not_store(self, store: Store) -> None:
        """`created_at` MUST stay as it is stored, and so MUST the hash, the role, the assignments and the list.

        `created_at` MUST stay as it is stored, and so MUST the list and the assignments.
        """
        user, task = await add_user(store, "ann", None, "hash"), await add_task(store)
        own = await add_task(store, owner=str(user.id))
        await store.assignments.add(user.id, task.id, CAUSE)
        assert await store.credentials.set_role(user.id, Role.ADMIN) is True
        renamed = attrs.evolve(user, username="a")
        retitled = attrs.evolve(task, title="new", version=2)
        check_next(await save(store, attrs.evolve(renamed, created_at=LATER)), renamed)
        check_next(await save(store, attrs.evolve(retitled, created_at=LATER)), retitled)
        check_next(await store.users.get(user.id), renamed)
        check_next(await store.tasks.get(task.id, None), retitled)
        assert await store.credentials.get(user.id) == Credential(renamed, "hash", Role.ADMIN)
        assert rows(await store.assignments.users_of(task.id)) == [renamed]
        assert rows(await store.assignments.tasks_of(user.id, None)) == [retitled]
        assert await store.tasks.get(own.id, own.owner) == own
        for status in TaskStatus:
            found = await store.tasks.get(task.id, None)
            assert found is not None
            assert await save(store, attrs.evolve(found, status=status)) is not None
            assert rows(await store.assignments.users_of(task.id)) == [renamed], status

    @pytest.mark.parametrize("changed", [("username",), ("email",), ("username", "email"), ()])
    async def test_save_moves_names(self, store: Store, changed: tuple[str, ...]) -> None:
        """Usernames and e-mails MUST be unique as they stand: those that a save changes and leaves.

        Raise `UsernameTaken`, else `EmailTaken`, if another user has them. If `username` is None,
        the e-mail counts in its place, exactly.
        """
        user, other = await add_user(store), await add_user(store, "bob")
        left = {name: getattr(user, name) for name in changed}
        for mark in ("first", "second"):
            texts: dict[str, Any] = dict.fromkeys(changed, f"{mark}@example.org")
            kept = attrs.evolve(user, **texts)
            check_next(await save(store, kept), kept)
            user = attrs.evolve(kept, version=kept.version + 1)
        for found in (
            await store.credentials.find(user.username, None),
            await store.credentials.find(None, user.email),
        ):
            assert plain(found) == plain(Credential(user, None))
        for name, taken in (("username", UsernameTaken), ("email", EmailTaken)):
            has: dict[str, Any] = {name: getattr(user, name)}
            with pytest.raises(taken):
                await store.users.add(attrs.evolve(NewUser("new", "new@example.org"), **has), CAUSE)
            with pytest.raises(taken):
                await save(store, attrs.evolve(other, **has))
        assert "username" not in left or await store.credentials.find("ann", None) is None
        assert "email" not in left or await store.credentials.find(None, left["email"]) is None
        heir = attrs.evolve(NewUser("heir", "heir@example.org"), **left)
        assert (await store.users.add(heir, CAUSE)).username == heir.username

    @pytest.mark.parametrize("last", ["dan", "ann"])
    async def test_save_twice_in_a_transaction(self, store: Store, last: str) -> None:
        """Usernames and e-mails MUST be unique as they stand: one had in between is free again."""
        user = await add_user(store)
        async with store.transaction() as inner:
            for name in ("eve", last):
                renamed = attrs.evolve(user, username=name, email=f"{name}@example.org")
                check_next(await save(inner, renamed), renamed)
                user = attrs.evolve(renamed, version=renamed.version + 1)
        for name in {"ann", "eve"} - {last}:
            assert await store.credentials.find(name, None) is None
            await add_user(store, name)
        with pytest.raises(UsernameTaken):
            await add_user(store, last)
        assert await store.users.get(user.id) == user

    @pytest.mark.parametrize("status", TaskStatus)
    async def test_save_of_a_day_and_a_status(self, store: Store, status: TaskStatus) -> None:
        """Replace a task by what `verb` makes of it, and return that one version on, or None.

        The day that it is due, or that it is due no more, is stored whatever the status becomes.
        """
        task = await add_task(store)
        for day in (None, DUE):
            changed = attrs.evolve(task, due_date=day, status=status)
            check_next(await save(store, changed), changed)
            check_next(await store.tasks.get(task.id, None), changed)
            task = attrs.evolve(changed, version=changed.version + 1)

    @pytest.mark.parametrize("shift", [-1, 1])
    async def test_save_too_late_comes_before_taken(self, store: Store, shift: int) -> None:
        """MUST return None if there is no such user: whatever else is amiss."""
        user = await save(store, await add_user(store))
        assert user is not None
        bob, gone = await add_user(store, "bob"), await add_user(store, "gone")
        await store.users.remove(gone.id, CAUSE)
        before = await contents(store)
        for late in (attrs.evolve(user, version=user.version + shift), gone):
            for taken in (attrs.evolve(late, username="bob"), attrs.evolve(late, email=bob.email)):
                assert await save(store, taken) is None
        assert await contents(store) == before

    async def test_save_keeps_the_place(self, store: Store) -> None:
        """Return the users that match, by ascending id, the page only, whichever was saved last."""
        users = [await add_user(store, f"u{n}") for n in range(4)]
        for n in (2, 0, 3):
            users[n] = await save(store, attrs.evolve(users[n], username=f"n{n}")) or users[n]
        assert rows(await store.users.list(UserFilter(), EVERYTHING)) == by_id(users)
