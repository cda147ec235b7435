"""The contract of names and ids that change hands, while others reach for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from fring_core import (
    Credential,
    EmailTaken,
    IdTaken,
    NewUser,
    Task,
    User,
    UserFilter,
    UsernameTaken,
)
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import (
    CAUSE,
    add_task,
    add_user,
    check_none_failed,
    losers,
    rows,
    save,
)
from fring_core.testing.contract.turns import in_turns
from fring_core.testing.snapshot import EVERYTHING, plain

if TYPE_CHECKING:
    from fring_core import Store


class HandoverTests(StoreTests):
    """Test two calls at once that want one name or one id, or of which one gives it up."""

    async def test_handover_to_an_add_or_a_save(self, store: Store) -> None:
        """Usernames and e-mails MUST be unique as they stand: one of an add and a save gets them."""
        for n, lead in enumerate(self.leads):
            user, email = await add_user(store, f"u{n}"), f"{n}@e.o"
            adding = store.users.add(NewUser(f"name{n}", f"other{n}@f.o"), CAUSE)
            saving = save(store, attrs.evolve(user, username=f"name{n}"))
            results = await in_turns(self, lead, adding, saving)
            assert losers(results) == [UsernameTaken]
            user = await store.users.get(user.id) or user
            adding = store.users.add(NewUser(f"second{n}", email), CAUSE)
            saving = save(store, attrs.evolve(user, email=email))
            results = await in_turns(self, lead, adding, saving)
            assert losers(results) == [EmailTaken]
            for where in (UserFilter(username=f"name{n}"), UserFilter(email=f"{n}@e.o")):
                assert len(await store.users.list(where, EVERYTHING)) == 1

    async def test_handover_from_a_save(self, store: Store) -> None:
        """Usernames and e-mails MUST be unique as they stand: also while a save gives them up."""
        for n, lead in enumerate(self.leads):
            user = await add_user(store, f"u{n}")
            renamed = attrs.evolve(user, username=f"name{n}", email=f"{n}@e.o")
            adding = store.users.add(NewUser(user.username, user.email), CAUSE)
            saving = save(store, renamed)
            added, saved = await in_turns(self, lead, adding, saving)
            assert saved == renamed
            if not isinstance(added, User):  # it came too early
                added = await add_user(store, user.username)
            for name, email, holder in (
                (user.username, user.email, added),
                (renamed.username, renamed.email, renamed),
            ):
                expected = Credential(holder, None)
                assert await store.credentials.find(name, None) == expected
                assert await store.credentials.find(None, email) == expected

    async def test_handover_from_a_removal(self, store: Store) -> None:
        """A chosen id may be a removed user's, from whom the new one MUST inherit nothing.

        A chosen id may be a removed task's, from which the new one MUST inherit nothing. Nor does
        the end of a removal take from the new one what is its own.
        """
        other = await add_task(store, "other", 8)
        bystander = await add_user(store, "bystander", 8)
        for lead in self.leads:
            user, task = await add_user(store, "ann", 7, "hash"), await add_task(store, "t", 7)
            await store.assignments.add(7, 8, CAUSE)
            await store.assignments.add(8, 7, CAUSE)
            users = (add_user(store, "ann", 7), store.users.remove(7, CAUSE))
            tasks = (add_task(store, "t", 7), store.tasks.remove(7, None, CAUSE))
            results = await in_turns(self, lead, *users) + await in_turns(self, lead, *tasks)
            assert set(losers(results)) <= {UsernameTaken, IdTaken}
            assert results[1::2] == [True, True]
            check_none_failed(results[1::2])
            if not isinstance(results[0], User):
                assert await store.users.get(7) is None
                await add_user(store, user.username, 7)
            if not isinstance(results[2], Task):
                assert await store.tasks.get(7, None) is None
                await add_task(store, task.title, 7)
            for found in (
                await store.credentials.find("ann", None),
                await store.credentials.find(None, user.email),
            ):
                assert plain(found) == plain(Credential(user, None))
            assert rows(await store.assignments.tasks_of(7, None)) == []
            assert rows(await store.assignments.users_of(7)) == []
            assert rows(await store.assignments.users_of(other.id)) == []
            assert rows(await store.assignments.tasks_of(bystander.id, None)) == []
            await store.users.remove(7, CAUSE)
            await store.tasks.remove(7, None, CAUSE)
