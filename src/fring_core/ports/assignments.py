"""The port of assignments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from fring_core.assignments import Outcome
    from fring_core.causes import Cause
    from fring_core.queries import Page, Slice
    from fring_core.status import TaskStatus
    from fring_core.tasks import Task
    from fring_core.users import User


class Assignments(Protocol):
    """Keep which user has which task of the shared board."""

    async def add(self, user_id: int, task_id: int, cause: Cause) -> Outcome:
        """Assign, unless the two are assigned already or one does not exist.

        The outcome MUST be one moment's truth. Of several callers at once exactly one MUST see
        `changed`. A task on a personal list does not exist here. The task MUST be one version on,
        if it was assigned, and else as it was.
        """
        ...

    async def remove(self, user_id: int, task_id: int, cause: Cause) -> Outcome:
        """Un-assign, if the two are assigned; the outcome as for `add`."""
        ...

    async def tasks_of(
        self, user_id: int, status: TaskStatus | None, page: Page | None = None
    ) -> Slice[Task] | None:
        """Return a user's shared tasks by ascending id, those in `status` if it is given.

        With a page, only those on it, and its `more` MUST tell whether others of them come behind.
        It begins behind its place, if it has one. MUST return None if there is no such user.
        """
        ...

    async def users_of(self, task_id: int, page: Page | None = None) -> Slice[User] | None:
        """Return the users of a shared task by ascending id, or None if there is no such task.

        With a page, only those on it, and its `more` MUST tell whether others of them come behind.
        It begins behind its place, if it has one.
        """
        ...
