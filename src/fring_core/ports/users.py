"""The port of users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from fring_core.assignments import UserWithTasks
    from fring_core.causes import Cause
    from fring_core.queries import Page, Slice, UserFilter
    from fring_core.users import NewUser, User


class Users(Protocol):
    """Keep users."""

    async def add(self, new: NewUser, cause: Cause, password_hash: str | None = None) -> User:
        """Store a new user, created at `cause.at`, at version 1, with a password's hash or none.

        With `new.id` None the store MUST draw an id that no user has ever had. The personal list
        of that name MUST be empty. It MUST NOT fail because a caller chose the id that was next.
        A chosen id may be a removed user's, from whom the new one MUST inherit nothing. Usernames
        and e-mails MUST be unique as they stand. Raise `UsernameTaken`, else `EmailTaken`, else
        `IdTaken`, the first that holds.
        """
        ...

    async def get(self, user_id: int) -> User | None:
        """Return the user with this id, or None."""
        ...

    async def get_with_tasks(self, user_id: int) -> UserWithTasks | None:
        """Return the user with its shared tasks by ascending id, or None."""
        ...

    async def list(self, where: UserFilter, page: Page) -> Slice[User]:
        """Return the users that match, by ascending id, the page only.

        Exactly the users that meet every condition of the filter MUST be listed. A page past the
        last user MUST be empty. Its `more` MUST tell whether users that match
        come behind it. With `page.after`, exactly the users behind that place MUST be listed.
        Pages, each after the last user of the one before, MUST list once what stays and matches.
        """
        ...

    async def count(self, where: UserFilter) -> int:
        """Return how many users match: as many as the list has without a page."""
        ...

    async def change(self, user_id: int, verb: Callable[[User], User], cause: Cause) -> User | None:
        """Replace a user by what `verb` makes of it, and return that one version on, or None.

        MUST return None if there is no such user. `verb` MUST see the present row. It MAY be called
        again, on what the row is then. What it raises MUST be raised, and nothing changed. Raise
        `UsernameTaken`, else `EmailTaken`, if another user has them. A user that is as it was MUST
        be one version on too. `created_at` MUST stay as it is stored, and so MUST the hash, the
        role, the assignments and the list.
        """
        ...

    async def remove(self, user_id: int, cause: Cause, *, version: int | None = None) -> bool:
        """Remove a user, its hash and its assignments, not the tasks; tell whether it was there.

        Each task that it had MUST be one version on.
        The personal list `str(user_id)` MUST be removed too if there was a hash. It MUST be left
        if there was none: then it is somebody else's. With a `version`, a user that has another
        MUST be left as it is. Raise `VersionConflict` then, with the version that it has.
        """
        ...
