"""What is sent: paths, queries and bodies, and how much of the core's commands they carry.

What it does not carry is refused with `InvalidInput` before anything is sent.
"""

from __future__ import annotations

import re
from typing import Any, Final, NoReturn
from urllib.parse import quote

from fring_core import (
    UNSET,
    VIEWS,
    InvalidInput,
    NewTask,
    NewUser,
    Page,
    Problem,
    TaskChanges,
    TaskFilter,
    TaskOrder,
    TaskStatus,
    UserChanges,
    UserFilter,
)
from fring_core.tasks import check_owner
from fring_core.values import check_kind

SORTS: Final = {TaskOrder.NEWEST_FIRST: "created", TaskOrder.BY_TITLE: "title"}
# Names that are other paths of the server, or none.
UNNAMEABLE: Final = re.compile(r"auth|v[0-9]+|\.|\.\.|.*/.*", re.ASCII | re.DOTALL)


def path(*segments: object) -> str:
    """Return the path of these segments below `/api`, each escaped."""
    return "/".join(["/api", *(quote(str(segment), safe="") for segment in segments)])


def tasks_path(owner: str | None, *rest: object) -> str:
    """Return the path of a list's tasks; raise `InvalidInput` for an owner that no path names."""
    owner = check_owner(owner)
    if owner is None:
        return path("v1", "tasks", *rest)
    if UNNAMEABLE.fullmatch(owner):
        _refuse("owner", "cannot be named in a path")
    return path(owner, "tasks", *rest)


def new_user(new: NewUser) -> dict[str, Any]:
    """Return a user to create as JSON."""
    check_kind("new", new, NewUser)
    return _without(None, username=new.username, email=new.email, id=new.id)


def user_changes(changes: UserChanges) -> dict[str, Any]:
    """Return the changes of a user as JSON."""
    check_kind("changes", changes, UserChanges)
    return _without(UNSET, username=changes.username, email=changes.email)


def new_task(new: NewTask, owner: str | None) -> dict[str, Any]:
    """Return a task to create as JSON; on the shared board without due date, else without id."""
    check_kind("new", new, NewTask)
    if owner is None and new.due_date is not None:
        _refuse("due_date", "is not carried for the shared board")
    if new.remind_at is not None:
        _refuse("remind_at", "is not carried")
    if owner is not None and new.id is not None:
        _refuse("id", "cannot be chosen on a personal list")
    return _without(
        None,
        title=new.title,
        description=new.description,
        status=new.status,
        due_date=None if new.due_date is None else new.due_date.isoformat(),
        id=new.id,
    )


def task_changes(changes: TaskChanges, owner: str | None) -> dict[str, Any]:
    """Return the changes of a task as JSON; on the shared board, of what is shown there."""
    check_kind("changes", changes, TaskChanges)
    if changes.remind_at is not UNSET:
        _refuse("remind_at", "is not carried")
    status, completed, due_date = changes.status, changes.completed, changes.due_date
    if owner is None:
        if due_date is not UNSET:
            _refuse("due_date", "is not carried for the shared board")
        if completed is False and status is UNSET:
            _refuse("completed", "cannot be taken back on the shared board: set a status")
        if completed is True:
            status = TaskStatus.COMPLETED
        completed = UNSET
    return _without(
        UNSET,
        title=changes.title,
        description=changes.description,
        status=status,
        completed=completed,
        due_date=due_date if due_date is UNSET or due_date is None else due_date.isoformat(),
    )


def toggle_path(task_id: int, owner: str | None) -> str:
    """Return the path that toggles a task; raise `InvalidInput` for the shared board."""
    if owner is None:
        _refuse("owner", "must be given: the shared board has no toggle")
    return tasks_path(owner, task_id, "complete")


def many(field: str) -> NoReturn:
    """Refuse what is to be done for many at once."""
    _refuse(field, "cannot be sent all at once: send one after another")


def users_query(where: UserFilter, page: Page) -> dict[str, Any]:
    """Return what a list of users is asked for, as query parameters."""
    check_kind("where", where, UserFilter)
    _check_page(page)
    return _without(
        None, username=where.username, email=where.email, skip=page.skip, limit=page.limit
    )


def tasks_query(
    where: TaskFilter, page: Page, owner: str | None, order: TaskOrder
) -> dict[str, Any]:
    """Return what a list of tasks is asked for, as query parameters."""
    check_kind("where", where, TaskFilter)
    _check_page(page)
    order = TaskOrder.parse(order)
    pages = {"skip": page.skip, "limit": page.limit}
    if owner is None:
        if order is not TaskOrder.BY_ID:
            _refuse("order", "must be by id for the shared board")
        status = _status_on_the_board(where)
        return _without(None, status=status, title=where.title, assigned=where.assigned, **pages)
    if order not in SORTS:
        _refuse("order", "must be newest first or by title for a personal list")
    for field in ("title", "assigned"):
        if getattr(where, field) is not None:
            _refuse(field, "cannot be filtered by on a personal list")
    completed = None if where.completed is None else str(where.completed).lower()
    return _without(None, status=where.status, completed=completed, sort=SORTS[order], **pages)


def check_touch(touch: bool) -> None:  # noqa: FBT001  # as it is given
    """Raise `InvalidInput` for what is to touch no task that it leaves as it is."""
    if touch is not True:
        _refuse("touch", "must be true")


def assigned_query(status: TaskStatus | None, page: Page | None) -> dict[str, Any]:
    """Return what a user's tasks, or a task's users, are asked for, as query parameters."""
    if page is None:
        return _without(None, status=status)
    _check_page(page)
    return _without(None, status=status, skip=page.skip, limit=page.limit)


def _status_on_the_board(where: TaskFilter) -> TaskStatus | None:
    """Return the status that says all of a filter's `status` and `completed`."""
    if where.completed is None:
        return where.status
    if where.status is None:
        if not where.completed:
            _refuse("completed", "must be true, or absent, for the shared board")
        return TaskStatus.COMPLETED
    if where.completed is not VIEWS[where.status].completed:
        _refuse("completed", f"must agree with the status '{where.status}' for the shared board")
    return where.status


def _check_page(page: Page) -> None:
    check_kind("page", page, Page)
    if page.after is not None:  # a place is a cursor there, which the server alone makes
        _refuse("after", "is not for callers to name: use `all`, which goes from place to place")


def _without(absent: object, **values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not absent}


def _refuse(field: str, why: str) -> NoReturn:
    raise InvalidInput((Problem(field, f"{why} over HTTP"),))
