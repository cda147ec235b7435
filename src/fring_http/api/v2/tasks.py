"""Tasks on `/api/v2`, on whichever list the caller may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from litestar import Request, get, patch
from litestar.params import FromPath

from fring_core import Action, Forbidden, InvalidCursor, TaskNotFound, TransitionRefused
from fring_http.api.answers import Answer, answer
from fring_http.api.guards import IDENTITY
from fring_http.api.reading.bodies import read_body
from fring_http.api.reading.parameters import Query, read_id
from fring_http.api.reading.preconditions import answered, read_if_match, tagged
from fring_http.api.receipts import fring_of
from fring_http.api.shapes.operations import Refusals, operation
from fring_http.api.v2.asked import read_limit
from fring_http.api.v2.schemas import Activity, Event, FullTask, TaskPatch

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fring_core import Fring, Identity, TaskWithUsers

T = TypeVar("T")
Call: TypeAlias = Request[Any, Any, Any]

GONE: Final[Refusals] = {404: {TaskNotFound: "Task {task_id} not found"}}
CHANGED: Final[Refusals] = {
    **GONE,
    403: {Forbidden: "A viewer may not write tasks"},
    409: {TransitionRefused: "Status cannot change from '{before}' to '{after}'"},
}
NO_PLACE: Final[Refusals] = {
    400: {InvalidCursor: "This is no cursor of this task's events; begin without one"}
}


@get(
    "/tasks/{task_id:str}",
    opt=operation(errors=GONE, tagged=True),
    tags=["tasks"],
    response_description="The task, and who has it.",
)
async def get_any_task(request: Call, task_id: FromPath[str]) -> Answer[FullTask]:
    """Get a task."""
    fring, task = fring_of(request), read_id("task_id", task_id)
    found = await _on_any(
        request, task, lambda owner: fring.tasks.get_with_users(task, owner=owner)
    )
    return answered(request, FullTask.of(found), found.task)


@patch(
    "/tasks/{task_id:str}",
    # Whoever may not write on the board may do so on a list of their own.
    opt=operation(body=TaskPatch, errors=CHANGED, tagged=True, merges=True, action=Action.READ),
    tags=["tasks"],
    response_description="The task as it is now.",
)
async def change_any_task(request: Call, task_id: FromPath[str]) -> Answer[FullTask]:
    """Change a task.

    The body is a merge patch (RFC 7396): what it does not name stays, and null clears. What leaves
    the task as it is stores nothing.
    """
    task = read_id("task_id", task_id)
    await _check_may_change(request, task)
    expected = read_if_match(request)
    changes = (await read_body(request, TaskPatch)).to_core()

    async def change(owner: str | None) -> TaskWithUsers:
        _check_may_write(request, owner)

        async def at(version: int | None) -> TaskWithUsers:
            async with fring_of(request).transaction() as together:
                await together.tasks.update(
                    task, changes, owner=owner, version=version, touch=False
                )
                return await together.tasks.get_with_users(task, owner=owner)

        return await expected.met(at)

    found = await _on_any(request, task, change)
    return tagged(FullTask.of(found), found.task)


@get(
    "/tasks/{task_id:str}/activity",
    opt=operation(query=("next", "page_limit"), errors={**GONE, **NO_PLACE}),
    tags=["tasks"],
    response_description="What has happened to it, and where to go on.",
)
async def list_activity(request: Call, task_id: FromPath[str]) -> Answer[Activity]:
    """List what has happened to a task.

    The newest comes first. Of one that was removed it is still known.
    """
    query, task = Query(request), read_id("task_id", task_id)
    limit, before = read_limit(query), query.text("after")
    fring = fring_of(request)

    async def of_removed(owner: str | None) -> str | None:
        if not await fring.events.of_task(task, owner=owner, limit=1):
            raise TaskNotFound(task)
        return owner

    try:
        owner = await _on_any(request, task, lambda owner: _owner_of(fring, task, owner))
    except TaskNotFound:
        owner = await _on_any(request, task, of_removed)
    found = await fring.events.of_task(task, owner=owner, limit=limit, before=before)
    after = found[-1].cursor if found and found.more else None
    return answer(Activity([Event.of(event) for event in found], after))


async def _owner_of(fring: Fring, task_id: int, owner: str | None) -> str | None:
    return (await fring.tasks.get(task_id, owner=owner)).owner


async def _on_any(request: Call, task_id: int, do: Callable[[str | None], Awaitable[T]]) -> T:
    """Do it on the board or, if the task is not there, on the caller's own list.

    The other way round for those who may not write on the board; raise `TaskNotFound`.
    """
    identity = _identity(request)
    owners: list[str | None] = [None]
    if identity is not None:
        owners.insert(1 if identity.may(Action.WRITE_TASKS) else 0, identity.subject)
    for owner in owners:
        try:
            return await do(owner)
        except TaskNotFound:
            continue
    raise TaskNotFound(task_id)


async def _check_may_change(request: Call, task_id: int) -> None:
    """Raise `Forbidden` for who may not write on the board, unless the task is on their own list."""
    identity = _identity(request)
    if identity is not None and not identity.may(Action.WRITE_TASKS):
        try:
            await fring_of(request).tasks.get(task_id, owner=identity.subject)
        except TaskNotFound:
            _check_may_write(request, None)


def _check_may_write(request: Call, owner: str | None) -> None:
    identity = _identity(request)
    if identity is not None and owner is None:
        identity.check_may(Action.WRITE_TASKS)


def _identity(request: Call) -> Identity | None:
    scope: Any = request.scope
    found: Identity | None = scope.get(IDENTITY)
    return found


HANDLERS: Final = (get_any_task, change_any_task, list_activity)
