"""The contract of `fring_core.Credentials`: one test per clause."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import attrs
import pytest

from fring_core import Credential, FringError, NewUser, UserFilter
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import (
    CALLERS,
    CAUSE,
    Undo,
    add_task,
    add_user,
    check_next,
    contents,
    ghost_user,
    save,
)
from fring_core.testing.contract.ids import NAMELESS_IDS
from fring_core.testing.contract.users import LOOK_ALIKES
from fring_core.testing.snapshot import EVERYTHING

if TYPE_CHECKING:
    from fring_core import Store, User

EMAILS = ("ann@e.o", "Ann@e.o", "ann@E.o", "a\u0301@e.o", "\u00e1@e.o", "%@e.o", "_@e.o")
HASHES = ("", " ", "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA", "'\"\\%", "😀", "x" * 2000)


async def _found(store: Store, username: str = "ann") -> Credential:
    found = await store.credentials.find(username, None)
    assert found is not None
    return found


class CredentialTests(StoreTests):
    """Test the store's password hashes."""

    async def test_credential_find_by_username(self, store: Store) -> None:
        """Return the user with exactly this username, its hash and its role, or None."""
        for number, name in enumerate(LOOK_ALIKES):
            await store.users.add(NewUser(name, f"{number}@e.o"), CAUSE, f"hash of {name}")
        for user in await store.users.list(UserFilter(), EVERYTHING):
            found = await store.credentials.find(user.username, None)
            assert found == Credential(user, f"hash of {user.username}")
        for name in ("AnN", "an", "annn", "ann@example.org", "", "an_", "%", "bob"):
            assert await store.credentials.find(name, None) is None, name

    async def test_credential_find_by_email(self, store: Store) -> None:
        """If `username` is None, the e-mail counts in its place, exactly."""
        for number, email in enumerate(EMAILS):
            user = await store.users.add(NewUser(f"u{number}", email), CAUSE, email)
            assert await store.credentials.find(None, email) == Credential(user, email)
        for email in ("ANN@e.o", "ann@e.", "nn@e.o", "u0", "", "%"):
            assert await store.credentials.find(None, email) is None, email

    async def test_credential_find_by_username_first(self, store: Store) -> None:
        """If `username` is None, the e-mail counts in its place, exactly.

        With a username it does not count; neither finds nobody.
        """
        ann, bob = await add_user(store, "ann"), await add_user(store, "bob")
        assert await store.credentials.find("ann", bob.email) == Credential(ann, None)
        assert await store.credentials.find("ann", "nobody@e.o") == Credential(ann, None)
        assert await store.credentials.find("nobody", bob.email) is None
        assert await store.credentials.find("", bob.email) is None
        assert await store.credentials.find(None, None) is None

    @pytest.mark.parametrize("password_hash", [None, *HASHES])
    async def test_credential_comes_back(self, store: Store, password_hash: str | None) -> None:
        """Store a new user, created at `cause.at`, at version 1, with a password's hash or none.

        Return the user with this id, its hash and its role, or None.
        """
        other = await add_user(store, "bob", None, "other")
        user = await add_user(store, "ann", None, password_hash)
        found = await _found(store)
        assert found == Credential(user, password_hash)
        assert found.user.version == 1
        for entity in (user, await store.users.get(user.id)):
            assert entity == found.user
        assert await _found(store, "bob") == Credential(other, "other")
        assert await store.credentials.get(user.id) == found
        assert await store.credentials.get(max(user.id, other.id) + 1) is None

    async def test_credential_find_knows_the_present_user(self, store: Store) -> None:
        """Entities MUST come back equal to what was stored; a change of the user keeps the hash."""
        user = await add_user(store, "ann", None, "hash")
        for found in (await _found(store), await store.credentials.find(None, user.email)):
            assert found == Credential(user, "hash")
        saved = await save(store, attrs.evolve(user, username="Ann", email="Ann@e.o"))
        assert await store.credentials.find("ann", None) is None
        assert await store.credentials.find(None, "ann@example.org") is None
        for found in (await _found(store, "Ann"), await store.credentials.find(None, "Ann@e.o")):
            assert found is not None
            assert (found.user, found.password_hash) == (saved, "hash")
            assert found.user.version == 2

    async def test_credential_of_a_failed_add(self, store: Store) -> None:
        """A call MUST be atomic: an add that raises leaves everybody's hash as it was."""
        await add_user(store, "ann", 7, "hash")
        await add_user(store, "bob", 8)
        before = await contents(store)
        for username, email, chosen in (
            ("ann", "new@e.o", None),
            ("ann", "new@e.o", 7),
            ("new", "bob@example.org", 9),
            ("new", "new@e.o", 8),
        ):
            with pytest.raises(FringError):
                await store.users.add(NewUser(username, email, chosen), CAUSE, "theirs")
            assert await contents(store) == before

    async def test_credential_replace(self, store: Store) -> None:
        """Store another hash, unless `credential` no longer holds the user's; tell whether."""
        other = await add_user(store, "bob", None, "hash")
        for first in (None, "hash"):
            user = await add_user(store, "ann", None, first)
            credential = await _found(store)
            for wrong in {"no", "HASH", "", "hash", None} - {first}:
                stale = attrs.evolve(credential, password_hash=wrong)
                assert await store.credentials.replace(stale, "late") is False
                assert await _found(store) == credential
            assert await store.credentials.replace(credential, "second") is True
            assert await _found(store) == Credential(user, "second")
            assert await store.credentials.get(user.id) == Credential(user, "second")
            assert await store.credentials.replace(credential, "third") is False
            assert await store.credentials.replace(Credential(user, "second"), "third") is True
            assert await _found(store) == Credential(user, "third")
            same = await store.credentials.replace(Credential(user, "third"), "third")
            assert same is True, "it held the user's, and does still"
            assert await _found(store, "bob") == Credential(other, "hash"), "no other row changes"
            await store.users.remove(user.id, CAUSE)

    async def test_credential_replace_leaves_the_version(self, store: Store) -> None:
        """It MUST NOT touch the user's version or its role: it is no change of the user."""
        user = await add_user(store, "ann", None, "first")
        assert await store.credentials.replace(Credential(user, "first"), "second") is True
        found = await store.users.get(user.id)
        assert found is not None
        assert found == user
        assert found.version == (await _found(store)).user.version == 1
        # So neither stands in the other's way: a save on what was read before the replacement,
        changed = attrs.evolve(user, username="Ann")
        check_next(await save(store, changed), changed)
        # and a replacement on what was found before the save.
        assert await store.credentials.replace(Credential(user, "second"), "third") is True
        assert await _found(store, "Ann") == Credential(changed, "third")

    async def test_credential_goes_with_the_user(self, store: Store) -> None:
        """Remove a user, its hash and its assignments, not the tasks; tell whether it was there."""
        user = await add_user(store, "ann", 7, "hash")
        await store.users.remove(user.id, CAUSE)
        assert await store.credentials.find("ann", None) is None
        assert await store.credentials.find(None, user.email) is None
        assert await store.credentials.get(user.id) is None
        assert await store.credentials.replace(Credential(user, "hash"), "new") is False
        assert await store.credentials.replace(Credential(user, None), "new") is False
        again = await add_user(store, "ann", user.id)
        assert await _found(store) == Credential(again, None)

    async def test_credential_of_an_id_that_names_nobody(self, store: Store) -> None:
        """An id that no row has MUST be answered as absent, up to the greatest."""
        await add_user(store, chosen=1)
        before = await contents(store)
        for number in NAMELESS_IDS:
            nobody = Credential(ghost_user(number), None)
            assert await store.credentials.get(number) is None, number
            assert await store.credentials.replace(nobody, "x") is False, number
        assert await contents(store) == before

    async def test_credential_in_a_transaction(self, store: Store) -> None:
        """Until the commit, other callers MUST NOT see any effect.

        Leaving it by an exception, cancellation included, MUST roll back.
        """
        ann = await add_user(store, "ann", None, "hash")
        before = await contents(store)

        async def write(inner: Store) -> User:
            assert await inner.credentials.replace(Credential(ann, "hash"), "new")
            assert await _found(inner) == Credential(ann, "new")
            bob = await add_user(inner, "bob", None, "bob's")
            await add_task(inner)
            assert await contents(store) == before
            assert await store.credentials.find("bob", None) is None
            return bob

        with suppress(Undo):
            async with store.transaction() as inner:
                await write(inner)
                raise Undo
        assert await contents(store) == before
        async with store.transaction() as inner:
            bob = await write(inner)
        assert await _found(store) == Credential(ann, "new")
        assert await _found(store, "bob") == Credential(bob, "bob's")

    async def test_race_to_replace_a_hash(self, store: Store) -> None:
        """Store another hash, unless `credential` no longer holds the user's; tell whether.

        One of many callers does.
        """
        user = await add_user(store, "ann", None, "hash")
        calls = [store.credentials.replace(Credential(user, "hash"), f"{n}") for n in CALLERS]
        results = await self.together(*calls)
        assert results.count(True) == 1
        assert await _found(store) == Credential(user, f"{results.index(True)}")
