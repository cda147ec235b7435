"""Users, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fring_core import EmailTaken, IdTaken, Slice, UsernameTaken, UserNotFound
from fring_core.queries import Page, UserFilter
from fring_core.values import check_one, whole
from fring_http.client import entities
from fring_http.client import requests as sent
from fring_http.client.answers import refusals
from fring_http.client.pages import every, listed
from fring_http.client.requests import path

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fring_core import NewUser, User, UserChanges, UserWithTasks
    from fring_http.client.calls import Calls

NEW_USER: Final = refusals(None, UsernameTaken, EmailTaken, IdTaken)
USER: Final = refusals(None, UserNotFound)
USER_CHANGES: Final = refusals(None, UserNotFound, UsernameTaken, EmailTaken)


class UsersOverHttp:
    """Do what `fring_core.UserUseCases` does, on a server."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._call = calls.call

    async def create(self, new: NewUser) -> User:
        """Create a user; raise `UsernameTaken`, `EmailTaken` or `IdTaken`."""
        body = sent.new_user(new)
        about = {"username": new.username, "email": new.email, "id": new.id}
        where, read = path("v1", "users"), entities.user(new.id)
        return await self._call("POST", where, read, NEW_USER, body=body, about=about)

    async def get(self, user_id: int) -> User:
        """Return a user; raise `UserNotFound`."""
        return (await self.get_with_tasks(user_id)).user

    async def get_with_tasks(self, user_id: int) -> UserWithTasks:
        """Return a user with the tasks assigned to it; raise `UserNotFound`."""
        user_id = whole("user_id", user_id)
        where, read = path("v1", "users", user_id), entities.user_with_tasks(user_id)
        return await self._call("GET", where, read, USER, about={"user_id": user_id})

    async def find(self, *, username: str | None = None, email: str | None = None) -> User | None:
        """Return the user with exactly this username, or this e-mail; None if there is none.

        It lists those whose name contains it, and picks the one.
        """
        check_one(username=username, email=email)
        async for user in self.all(UserFilter(username, email)):
            if username in (None, user.username) and email in (None, user.email):
                return user
        return None

    async def list(self, where: UserFilter = UserFilter(), page: Page = Page()) -> Slice[User]:
        """Return the users that match, by ascending id; its `more` tells whether others follow."""
        query = sent.users_query(where, page)
        return await listed(self._calls, path("v1", "users"), entities.user(), query)

    async def all(self, where: UserFilter = UserFilter()) -> AsyncIterator[User]:
        """Iterate over all users that match, by ascending id, fetching a page when it is needed.

        None that is there all along is passed over or comes twice, whatever others do meanwhile.
        """
        query = sent.users_query(where, Page())
        async for user in every(self._calls, path("v1", "users"), entities.user(), query):
            yield user

    async def count(self, where: UserFilter = UserFilter()) -> int:
        """Return how many users match, by listing them all."""
        return len([user async for user in self.all(where)])

    async def update(
        self, user_id: int, changes: UserChanges, *, version: int | None = None
    ) -> User:
        """Change a user; raise `UserNotFound`, `UsernameTaken` or `EmailTaken`.

        With a `version`, raise `VersionConflict` if the user has another.
        """
        user_id, body = whole("user_id", user_id), sent.user_changes(changes)
        about = {"user_id": user_id, "username": changes.username, "email": changes.email}
        where, read = path("v1", "users", user_id), entities.user(user_id)
        return await self._call(
            "PUT", where, read, USER_CHANGES, body=body, about=about, version=version
        )

    async def delete(self, user_id: int, *, version: int | None = None) -> None:
        """Delete a user and its assignments, not the tasks; raise `UserNotFound`.

        With a `version`, raise `VersionConflict` if the user has another.
        """
        user_id = whole("user_id", user_id)
        where = path("v1", "users", user_id)
        about = {"user_id": user_id}
        await self._call("DELETE", where, entities.nothing, USER, about=about, version=version)
