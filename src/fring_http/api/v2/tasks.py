"""Tasks on `/api/v2`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from litestar import Request, get
from litestar.params import FromPath

from fring_core import InvalidCursor, TaskNotFound
from fring_http.api.answers import Answer, answer
from fring_http.api.rates.callers import CALLER
from fring_http.api.reading.parameters import Query, read_id
from fring_http.api.receipts import fring_of
from fring_http.api.shapes.operations import Refusals, operation
from fring_http.api.v2.asked import read_limit
from fring_http.api.v2.schemas import Activity, Event

if TYPE_CHECKING:
    from fring_core import Event as CoreEvent
    from fring_core import Slice

Call: TypeAlias = Request[Any, Any, Any]

GONE: Final[Refusals] = {404: {TaskNotFound: "Task {task_id} not found"}}
NO_PLACE: Final[Refusals] = {
    400: {InvalidCursor: "This is no cursor of this task's events; begin without one"}
}


@get(
    "/tasks/{task_id:str}/activity",
    opt=operation(query=("activity_after", "feed_limit"), errors={**GONE, **NO_PLACE}),
    response_description="What has happened to it, and where to go on.",
)
async def list_activity(request: Call, task_id: FromPath[str]) -> Answer[Activity]:
    """List what has happened to a task.

    The newest comes first. Of one that was removed it is still known.
    """
    query, task = Query(request), read_id("task_id", task_id)
    limit, before = read_limit(query), query.text("after")
    found = await _events(request, task, limit, before)
    after = found[-1].cursor if found and found.more else None
    return answer(Activity([Event.of(event) for event in found], after))


async def _events(request: Call, task_id: int, limit: int, before: str | None) -> Slice[CoreEvent]:
    """Return the events of a task, on whichever list the caller may see."""
    fring = fring_of(request)
    scope: Any = request.scope
    owners = [None, *([scope[CALLER]] if CALLER in scope else [])]
    for owner in owners:
        if await _is_there(request, task_id, owner):
            return await fring.events.of_task(task_id, owner=owner, limit=limit, before=before)
    for owner in owners:
        if await fring.events.of_task(task_id, owner=owner, limit=1):
            return await fring.events.of_task(task_id, owner=owner, limit=limit, before=before)
    raise TaskNotFound(task_id)


async def _is_there(request: Call, task_id: int, owner: str | None) -> bool:
    try:
        await fring_of(request).tasks.get(task_id, owner=owner)
    except TaskNotFound:
        return False
    return True


HANDLERS: Final = (list_activity,)
