"""What is done with users."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fring_core import text
from fring_core.errors import UserNotFound
from fring_core.orders import TaskOrder
from fring_core.paging import pages
from fring_core.queries import Page, UserFilter
from fring_core.use_cases.unchanged import Unchanged
from fring_core.users import NewUser, UserChanges, existing
from fring_core.values import check_kind, check_one, plain
from fring_core.versions import check_version, expected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fring_core.assignments import UserWithTasks
    from fring_core.causes import Causes
    from fring_core.ports import Store
    from fring_core.queries import Slice
    from fring_core.users import User


class UserUseCases:
    """Create, find, change and delete users: `fring.users`.

    Every method may raise `Unavailable` when the store is away, and `InvalidInput` for an argument
    that is none of its kind.
    """

    def __init__(self, store: Store, causes: Causes) -> None:
        self._store = store
        self._causes = causes

    async def create(self, new: NewUser) -> User:
        """Create a user; raise `UsernameTaken`, `EmailTaken` or `IdTaken`."""
        check_kind("new", new, NewUser)
        return await self._store.users.add(new, self._causes())

    async def get(self, user_id: int) -> User:
        """Return a user; raise `UserNotFound`."""
        user_id = existing(user_id)
        found = await self._store.users.get(user_id)
        if found is None:
            raise UserNotFound(user_id)
        return found

    async def get_with_tasks(self, user_id: int) -> UserWithTasks:
        """Return a user with the tasks assigned to it; raise `UserNotFound`."""
        user_id = existing(user_id)
        found = await self._store.users.get_with_tasks(user_id)
        if found is None:
            raise UserNotFound(user_id)
        return found

    async def find(self, *, username: str | None = None, email: str | None = None) -> User | None:
        """Return the user with exactly this username, or this e-mail; None if there is none.

        Raise `InvalidInput` unless one of them is given, for NUL and for a lone surrogate.
        """
        check_one(username=username, email=email)
        username, email = plain(username), plain(email)
        field, name = ("username", username) if email is None else ("email", email)
        text.reject((text.FILTER.problem(field, name),))
        found = await self._store.credentials.find(username, email)
        return None if found is None else found.user

    async def list(self, where: UserFilter = UserFilter(), page: Page = Page()) -> Slice[User]:
        """Return the users that match, by ascending id; its `more` tells whether others follow."""
        check_kind("where", where, UserFilter)
        check_kind("page", page, Page)
        page.check_order(TaskOrder.BY_ID)
        return await self._store.users.list(where, page)

    async def all(self, where: UserFilter = UserFilter()) -> AsyncIterator[User]:
        """Iterate over all users that match, by ascending id, fetching a page when it is needed.

        None that is there all along is passed over or comes twice, whatever others do meanwhile.
        """
        async for page in pages(partial(self.list, where)):
            for user in page:
                yield user

    async def count(self, where: UserFilter = UserFilter()) -> int:
        """Return how many users match."""
        check_kind("where", where, UserFilter)
        return await self._store.users.count(where)

    async def update(
        self, user_id: int, changes: UserChanges, *, version: int | None = None
    ) -> User:
        """Change a user; raise `UserNotFound`, `UsernameTaken` or `EmailTaken`.

        With a `version`, raise `VersionConflict` if the user has another. What leaves a user as it
        is stores nothing.
        """
        check_kind("changes", changes, UserChanges)
        version, user_id = expected(version), existing(user_id)

        def verb(user: User) -> User:
            check_version(user, version)
            changed = user.change(changes)
            if changed == user:
                raise Unchanged(user)
            return changed

        try:
            changed = await self._store.users.change(user_id, verb, self._causes())
        except Unchanged as found:
            row: User = found.row
            return row
        if changed is None:
            raise UserNotFound(user_id)
        return changed

    async def delete(self, user_id: int, *, version: int | None = None) -> None:
        """Delete a user and its assignments, not the tasks; raise `UserNotFound`.

        If it has a password, its personal list, `str(user_id)`, is deleted too. With a `version`,
        raise `VersionConflict` if the user has another.
        """
        version, user_id = expected(version), existing(user_id)
        if not await self._store.users.remove(user_id, self._causes(), version=version):
            raise UserNotFound(user_id)
