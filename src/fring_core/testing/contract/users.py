"""The contract of `fring_core.Users`: one test per clause."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import attrs
import pytest

from fring_core import (
    Cause,
    EmailTaken,
    FringError,
    IdTaken,
    NewTask,
    NewUser,
    TaskStatus,
    User,
    UsernameTaken,
)
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import (
    CAUSE,
    PRECISE,
    add_task,
    add_user,
    check_next,
    contents,
    rows,
    save,
)

if TYPE_CHECKING:
    from fring_core import Store

LOOK_ALIKES = (
    "ann",
    "Ann",
    "ANN",
    "ann ",
    " ann",
    "a\u0301",
    "\u00e1",
    "ß",
    "ss",
    "\\",
    "'\"",
    "😀",
)


class UserTests(StoreTests):
    """Test the store's users."""

    async def test_user_add_returns_what_get_returns(self, store: Store) -> None:
        """Entities MUST come back equal to what was stored, every field.

        Times MUST come back in UTC. Store a new user, created at `cause.at`, at version 1, with a
        password's hash or none. Return the user with this id, or None.
        """
        added = await store.users.add(NewUser("ann", "ann@example.org"), Cause(PRECISE))
        assert added == User(added.id, "ann", "ann@example.org", PRECISE)
        assert added.version == 1
        found = await store.users.get(added.id)
        assert found is not None
        assert found == added
        assert found.version == 1
        assert added.created_at.utcoffset() == found.created_at.utcoffset() == timedelta(0)

    async def test_user_add_takes_the_longest_texts(self, store: Store) -> None:
        """Entities MUST come back equal to what was stored: lengths count code points."""
        new = NewUser("😀" * 255, "😀" * 251 + "@e.o")
        added = await store.users.add(new, CAUSE)
        assert (added.username, added.email) == (new.username, new.email)
        assert await store.users.get(added.id) == added

    @pytest.mark.parametrize(
        ("username", "email", "chosen", "expected"),
        [
            ("ann", "ann@example.org", 7, UsernameTaken("ann")),
            ("ann", "new@example.org", 7, UsernameTaken("ann")),
            ("ann", "new@example.org", None, UsernameTaken("ann")),
            ("new", "ann@example.org", 7, EmailTaken("ann@example.org")),
            ("new", "ann@example.org", None, EmailTaken("ann@example.org")),
            ("new", "new@example.org", 7, IdTaken(7)),
            # Each from another user: the order of the checks, not of the rows, decides.
            ("bob", "cid@example.org", 7, UsernameTaken("bob")),
            ("new", "bob@example.org", 9, EmailTaken("bob@example.org")),
        ],
    )
    async def test_user_add_reports_the_first_conflict(
        self, store: Store, username: str, email: str, chosen: int | None, expected: FringError
    ) -> None:
        """Raise `UsernameTaken`, else `EmailTaken`, else `IdTaken`, the first that holds."""
        await add_user(store, "ann", 7)
        await add_user(store, "cid", 8)
        await add_user(store, "bob", 9)
        before = await contents(store)
        with pytest.raises(type(expected)) as raised:
            await store.users.add(NewUser(username, email, chosen), CAUSE)
        assert raised.value.args == expected.args
        assert await contents(store) == before, "a call that raises has no effect"

    async def test_user_names_are_unique_as_they_stand(self, store: Store) -> None:
        """Usernames and e-mails MUST be unique as they stand."""
        for number, username in enumerate(LOOK_ALIKES):
            await store.users.add(NewUser(username, f"{number}@example.org"), CAUSE)
        for number, email in enumerate(("ann@e.o", "Ann@e.o", "ann@E.o", "a\u0301@e.o", "á@e.o")):
            await store.users.add(NewUser(f"mail{number}", email), CAUSE)
        for number, username in enumerate(LOOK_ALIKES):
            with pytest.raises(UsernameTaken) as raised:
                await store.users.add(NewUser(username, f"again{number}@example.org"), CAUSE)
            assert raised.value.args == (username,)

    async def test_user_names_are_free_again(self, store: Store) -> None:
        """Usernames and e-mails MUST be unique as they stand: among the users that there are."""
        ann = await add_user(store, "ann", 7)
        await save(store, attrs.evolve(ann, username="eve", email="eve@example.org"))
        await add_user(store, "ann")
        assert await store.users.remove(7, CAUSE) is True
        assert (await add_user(store, "eve", 7)).id == 7

    async def test_user_get_with_tasks(self, store: Store) -> None:
        """Return the user with its shared tasks by ascending id, or None."""
        ann, bob = await add_user(store, "ann"), await add_user(store, "bob")
        tasks = [
            await store.tasks.add(NewTask("t", status=status, id=number), None, CAUSE)
            for number, status in zip((9, 2, 5, 7, 4), [*TaskStatus, TaskStatus.TODO], strict=True)
        ]
        for task in tasks[:4]:
            assert (await store.assignments.add(ann.id, task.id, CAUSE)).changed
        found = await store.users.get_with_tasks(ann.id)
        assert found is not None
        assert found.user == ann
        assert found.user.version == ann.version
        assert list(found.tasks) == [tasks[1], tasks[2], tasks[3], tasks[0]]
        without = await store.users.get_with_tasks(bob.id)
        assert without is not None
        assert without.user == bob
        assert list(without.tasks) == []
        assert await store.users.get_with_tasks(max(ann.id, bob.id) + 1) is None

    async def test_user_save_counts_versions(self, store: Store) -> None:
        """Replace a user by what `verb` makes of it, and return that one version on, or None."""
        added, other = await add_user(store), await add_user(store, "bob")
        changed = attrs.evolve(added, username="Ann", email="Ann@example.org")
        saved = await save(store, changed)
        assert saved is not None
        check_next(saved, changed)
        stored = await store.users.get(added.id)
        check_next(stored, changed)
        again = attrs.evolve(saved, username="ann")
        check_next(await save(store, again), again)
        assert await store.users.get(other.id) == other, "no other row changes"

    @pytest.mark.parametrize("shift", [-1, 1, 7])
    async def test_user_save_wants_the_present_version(self, store: Store, shift: int) -> None:
        """`verb` MUST see the present row.

        MUST return None if there is no such user.
        """
        await add_user(store, "bob")
        added = await add_user(store)
        present = await save(store, added)
        assert present is not None
        before = await contents(store)
        for username in ("eve", "bob"):
            stale = attrs.evolve(present, username=username, version=present.version + shift)
            assert await save(store, stale) is None
        assert await contents(store) == before

    async def test_user_save_after_removal(self, store: Store) -> None:
        """MUST return None if there is no such user."""
        ann, bob = await add_user(store, "ann"), await add_user(store, "bob")
        await store.users.remove(ann.id, CAUSE)
        assert await save(store, ann) is None
        assert await save(store, attrs.evolve(ann, username="bob")) is None
        assert await store.users.get(ann.id) is None
        assert await store.users.get(bob.id) == bob

    @pytest.mark.parametrize(
        ("username", "email", "expected"),
        [
            ("bob", "bob@example.org", UsernameTaken("bob")),
            ("bob", "ann@example.org", UsernameTaken("bob")),
            ("ann", "bob@example.org", EmailTaken("bob@example.org")),
            ("bob", "cid@example.org", UsernameTaken("bob")),
            ("cid", "bob@example.org", UsernameTaken("cid")),
        ],
    )
    async def test_user_save_reports_the_first_conflict(
        self, store: Store, username: str, email: str, expected: FringError
    ) -> None:
        """Raise `UsernameTaken`, else `EmailTaken`, if another user has them."""
        ann = await add_user(store, "ann")
        await add_user(store, "bob")
        await add_user(store, "cid")
        before = await contents(store)
        with pytest.raises(type(expected)) as raised:
            await save(store, attrs.evolve(ann, username=username, email=email))
        assert raised.value.args == expected.args
        assert await contents(store) == before, "a call that raises has no effect"

    async def test_user_remove_takes_assignments_along(self, store: Store) -> None:
        """Remove a user, its hash and its assignments, not the tasks; tell whether it was there."""
        ann, bob = await add_user(store, "ann", 7), await add_user(store, "bob")
        task = await add_task(store)
        for user in (ann, bob):
            await store.assignments.add(user.id, task.id, CAUSE)
        assert await store.users.remove(ann.id, CAUSE) is True
        assert await store.users.get(ann.id) is None
        assert await store.users.get_with_tasks(ann.id) is None
        assert await store.tasks.get(task.id, None) == task
        assert rows(await store.assignments.users_of(task.id)) == [bob]
        assert await store.users.remove(ann.id, CAUSE) is False
        assert await store.users.get(bob.id) == bob
        await add_user(store, "ann", ann.id)
        assert rows(await store.assignments.tasks_of(ann.id, None)) == []
