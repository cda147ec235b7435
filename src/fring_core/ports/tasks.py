"""The port of tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from fring_core.orders import TaskOrder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fring_core.assignments import TaskWithUsers
    from fring_core.causes import Cause
    from fring_core.errors import IdTaken
    from fring_core.queries import Page, Slice, TaskFilter
    from fring_core.tasks import NewTask, Task


class Tasks(Protocol):
    """Keep tasks, each on one list for good."""

    async def add(self, new: NewTask, owner: str | None, cause: Cause) -> Task:
        """Store a new task on a list, created and updated at `cause.at`, at version 1.

        With `new.id` None the store MUST draw an id that no task has ever had. It MUST NOT fail
        because a caller chose the id that was next. A chosen id may be a removed task's, from
        which the new one MUST inherit nothing. Raise `IdTaken` if the chosen id is in use, on
        whichever list.
        """
        ...

    async def add_many(
        self, new: Sequence[NewTask], owner: str | None, cause: Cause
    ) -> Sequence[Task | IdTaken]:
        """Store up to 1,000 new tasks on a list as `add` does; return what became of each, in order.

        Where the chosen id is in use, or one before it chose the same, `IdTaken` MUST stand in the
        place of the task. The others MUST be stored. An id that one of them chooses MUST NOT be
        drawn for another.
        """
        ...

    async def get(self, task_id: int, owner: str | None) -> Task | None:
        """Return the task with this id on this list, or None."""
        ...

    async def get_with_users(self, task_id: int, owner: str | None) -> TaskWithUsers | None:
        """Return the task with the users it is assigned to by ascending id, or None."""
        ...

    async def list(
        self, where: TaskFilter, page: Page, owner: str | None, order: TaskOrder = TaskOrder.BY_ID
    ) -> Slice[Task]:
        """Return the tasks of a list that match, in this order, the page only.

        Exactly the tasks that meet every condition of the filter MUST be listed. A page past the
        last task MUST be empty. Its `more` MUST tell whether tasks that match
        come behind it. With `page.after`, exactly the tasks behind that place MUST be listed.
        Pages, each after the last task of the one before, MUST list once what stays and matches.
        """
        ...

    async def count(self, where: TaskFilter, owner: str | None) -> int:
        """Return how many tasks of a list match: as many as it has without a page."""
        ...

    async def change(
        self, task_id: int, owner: str | None, verb: Callable[[Task], Task], cause: Cause
    ) -> Task | None:
        """Replace a task by what `verb` makes of it, and return that one version on, or None.

        MUST return None if there is no such task on the list. `verb` MUST see the present row. It
        MAY be called again, on what the row is then. What it raises MUST be raised, and nothing
        changed. A task that is as it was MUST be one version on too. `created_at` MUST stay as it
        is stored, and so MUST the list and the assignments.
        """
        ...

    async def change_many(
        self,
        task_ids: Sequence[int],
        owner: str | None,
        verb: Callable[[Task], Task],
        cause: Cause,
    ) -> Sequence[Task | Exception | None]:
        """Change up to 1,000 tasks of a list as `change` does; return what became of each, in order.

        One that is named again MUST be changed again, from what the first made of it. An `Exception`
        that `verb` raises for one MUST stand in its place. The others MUST be changed.
        """
        ...

    async def remove(
        self, task_id: int, owner: str | None, cause: Cause, *, version: int | None = None
    ) -> bool:
        """Remove a task and its assignments, not the users; tell whether it was there.

        With a `version`, a task that has another MUST be left as it is. Raise `VersionConflict`
        then, with the version that it has.
        """
        ...

    async def remind(self, limit: int, cause: Cause) -> int:
        """Remind of tasks whose `reminds_at` has come, on all lists; return how many, at most `limit`.

        Each MUST be reminded of once, however many callers there are. None MUST be reminded of
        before its time. Those that are due for longest MUST come first. Each MUST be one version
        on and `disarmed`, and nothing else of it changed. A database's own clock decides and tells
        when it was, if there is one, and else `cause.at`. What another caller has in hand may be
        left for the next time.
        """
        ...
