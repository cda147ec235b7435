"""What an operator does with accounts, without knowing their passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fring_core import text
from fring_core.accounts import NEW_PASSWORD
from fring_core.errors import Problem
from fring_core.identity import Role
from fring_core.queries import Page, TaskFilter
from fring_core.use_cases.transactions import unit
from fring_core.use_cases.users import UserUseCases
from fring_core.users import NewUser
from fring_core.values import check_callable, check_kind, check_store

if TYPE_CHECKING:
    from fring_core.accounts import Credential, Registration
    from fring_core.causes import Causes
    from fring_core.ports import Passwords, Store
    from fring_core.users import User


class AccountAdmin:
    """List accounts, create them with any role, reset their passwords, and change their roles.

    Nobody is asked who they are: whoever reaches the store may do this.
    """

    def __init__(self, store: Store, *, passwords: Passwords, causes: Causes) -> None:
        check_store(store)
        check_callable("causes", causes)
        self._store = store
        self._passwords = passwords
        self._causes = causes

    async def create(self, registration: Registration, role: Role = Role.MEMBER) -> User:
        """Create a user with a password and a role; raise `UsernameTaken` or `EmailTaken`."""
        check_kind("role", role, Role)
        password_hash = await self._passwords.hash(registration.password)
        new, cause = NewUser(registration.username, registration.email), self._causes()
        if role is Role.MEMBER:  # as every new user is
            return await self._store.users.add(new, cause, password_hash)
        async with unit(self._store, cause.on_commit) as (store, tell):
            user = await store.users.add(new, cause.telling(tell), password_hash)
            await store.credentials.set_role(user.id, role)
        return user

    async def list_users(self) -> list[Credential]:
        """Return all users by ascending id, each with its role, and its hash if it has one."""
        everybody = UserUseCases(self._store, self._causes).all()
        found = [await self._store.credentials.get(user.id) async for user in everybody]
        return [account for account in found if account is not None]

    async def set_password(self, username: str, password: str) -> bool:
        """Give a user another password, which ends its tokens; tell whether there is such a user.

        A user that had none can log in from then on. Raise `InvalidInput` as `Registration`, and if
        the user had none and the list that would be its own has tasks: they are somebody else's.
        """
        _check(username, NEW_PASSWORD.problem("password", password))
        password_hash = await self._passwords.hash(password)
        while found := await self._store.credentials.find(username, None):
            if found.password_hash is None:
                await self._check_list(found.user)
            if await self._store.credentials.replace(found, password_hash):
                return True
        return False

    async def set_role(self, username: str, role: Role) -> bool:
        """Give a user another role, from now on; tell whether there is such a user."""
        check_kind("role", role, Role)
        _check(username)
        found = await self._store.credentials.find(username, None)
        return found is not None and await self._store.credentials.set_role(found.user.id, role)

    async def _check_list(self, user: User) -> None:
        owner = str(user.id)
        if await self._store.tasks.list(TaskFilter(), Page(limit=1), owner):
            why = f"cannot have a password: the list '{owner}' has tasks of somebody else"
            text.reject((Problem("username", why),))


def _check(username: str, *problems: Problem | None) -> None:
    text.reject((text.FILTER.problem("username", username), *problems))
