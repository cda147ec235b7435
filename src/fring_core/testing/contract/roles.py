"""The contract of `fring_core.Credentials`, as far as roles go: one test per clause."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import attrs
import pytest

from fring_core import Credential, Role
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import CAUSE, Undo, add_user, contents, save
from fring_core.testing.contract.ids import NAMELESS_IDS

if TYPE_CHECKING:
    from fring_core import Store

OTHERS = [role for role in Role if role is not Role.MEMBER]


class RoleTests(StoreTests):
    """Test the roles of the store's users."""

    async def test_credential_role_of_a_new_user(self, store: Store) -> None:
        """Until then it MUST be a member's, with a password and without one."""
        for name, password_hash in (("ann", "hash"), ("bob", None)):
            user = await add_user(store, name, None, password_hash)
            expected = Credential(user, password_hash, Role.MEMBER)
            assert await store.credentials.find(name, None) == expected
            assert await store.credentials.find(None, user.email) == expected
            assert await store.credentials.get(user.id) == expected

    @pytest.mark.parametrize("password_hash", ["hash", None])
    async def test_credential_role_set(self, store: Store, password_hash: str | None) -> None:
        """Give a user another role; tell whether there is such a user.

        No other user has it then.
        """
        user = await add_user(store, "ann", None, password_hash)
        other = await add_user(store, "bob", None, "hash")
        for role in (*OTHERS, *reversed(Role), Role.MEMBER):
            assert await store.credentials.set_role(user.id, role) is True
            expected = Credential(user, password_hash, role)
            assert await store.credentials.find("ann", None) == expected
            assert await store.credentials.find(None, user.email) == expected
            assert await store.credentials.get(user.id) == expected
            assert await store.credentials.get(other.id) == Credential(other, "hash", Role.MEMBER)
        assert await store.credentials.set_role(max(user.id, other.id) + 1, Role.ADMIN) is False

    async def test_credential_role_leaves_the_rest(self, store: Store) -> None:
        """Nothing else of the user MUST change, its hash and its version included.

        So neither a save nor another hash stands in its way, nor does it in theirs.
        """
        user = await add_user(store, "ann", None, "hash")
        assert await store.credentials.set_role(user.id, Role.ADMIN) is True
        found = await store.credentials.get(user.id)
        assert found is not None
        assert (found.user, found.user.version, found.password_hash) == (user, 1, "hash")
        saved = await save(store, attrs.evolve(user, username="Ann"))
        assert saved is not None, "it is as it was read"
        assert await store.credentials.get(user.id) == Credential(saved, "hash", Role.ADMIN)
        assert await store.credentials.replace(Credential(user, "hash"), "another") is True
        assert await store.credentials.get(user.id) == Credential(saved, "another", Role.ADMIN)
        bob = await add_user(store, "bob")
        assert await store.credentials.set_role(bob.id, Role.ADMIN) is True
        assert await store.credentials.replace(Credential(bob, None), "first") is True
        assert await store.credentials.get(bob.id) == Credential(bob, "first", Role.ADMIN)

    async def test_credential_role_goes_with_the_user(self, store: Store) -> None:
        """A chosen id may be a removed user's, from whom the new one MUST inherit nothing."""
        user = await add_user(store, "ann", 7, "hash")
        assert await store.credentials.set_role(user.id, Role.ADMIN) is True
        await store.users.remove(user.id, CAUSE)
        assert await store.credentials.set_role(user.id, Role.ADMIN) is False
        again = await add_user(store, "ann", user.id, "hash")
        assert await store.credentials.get(user.id) == Credential(again, "hash", Role.MEMBER)

    async def test_credential_role_of_nobody(self, store: Store) -> None:
        """An id that no row has MUST be answered as absent, up to the greatest."""
        await add_user(store, chosen=1)
        before = await contents(store)
        for number in NAMELESS_IDS:
            assert await store.credentials.set_role(number, Role.ADMIN) is False, number
        assert await contents(store) == before

    async def test_credential_role_in_a_transaction(self, store: Store) -> None:
        """Until the commit, other callers MUST NOT see any effect.

        Leaving it by an exception, cancellation included, MUST roll back.
        """
        user = await add_user(store, "ann", None, "hash")
        before, after = (Credential(user, "hash", role) for role in (Role.MEMBER, Role.ADMIN))
        with suppress(Undo):
            async with store.transaction() as inner:
                assert await inner.credentials.set_role(user.id, Role.ADMIN) is True
                assert await inner.credentials.get(user.id) == after
                assert await store.credentials.get(user.id) == before
                raise Undo
        assert await store.credentials.get(user.id) == before
        async with store.transaction() as inner:
            assert await inner.credentials.set_role(user.id, Role.ADMIN) is True
        assert await store.credentials.get(user.id) == after
