"""Tasks, and their users, on `/api/v1`."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from litestar import Request, delete, get, patch, post, put
from litestar.params import FromPath

from fring_core import Side, TaskFilter, UserFilter
from fring_core.queries import DEFAULT_LIMIT
from fring_http.api.answers import Answer, answer
from fring_http.api.cursors import Listing
from fring_http.api.large_pages import turn
from fring_http.api.pages import NEXT, linked, read_page
from fring_http.api.reading.bodies import read_body
from fring_http.api.reading.parameters import Query, read_id
from fring_http.api.reading.preconditions import answered, read_if_match, tagged
from fring_http.api.receipts import fring_of
from fring_http.api.references import created
from fring_http.api.shapes.operations import LOCATION, operation
from fring_http.api.tags import version_tag
from fring_http.api.v1 import texts as errors
from fring_http.api.v1.schemas import Message, NewTask, Task, TaskChanges, TaskWithUsers, User
from fring_http.api.whole_lists import PAGE, page_or_all

Call = Request[Any, Any, Any]


@post(
    "/tasks",
    opt=operation(body=NewTask, errors={400: errors.CREATE_TASK}, tagged=True),
    response_description="The task that was created.",
    response_headers=[LOCATION],
)
async def create_task(request: Call) -> Answer[Task]:
    """Create a task."""
    new = await read_body(request, NewTask)
    task = await fring_of(request).tasks.create(new.to_core())
    return created(request, Task.of(task), version_tag(task.version))


@get(
    "/tasks",
    opt=operation(query=("skip", "limit", "after", "status", "title", "assigned")),
    response_description="The tasks on this page.",
    response_headers=[NEXT],
)
async def list_tasks(request: Call) -> Answer[list[Task]]:
    """List tasks.

    They come by ascending id.
    """
    query = Query(request)
    where = TaskFilter(query.status("status"), query.text("title"), query.boolean("assigned"))
    listing = Listing("tasks", where)
    page = read_page(query, listing, DEFAULT_LIMIT)
    async with turn(page.limit):
        tasks = await fring_of(request).tasks.list(where, page)
        headers = linked(request, query, listing, tasks, "status", "title", "assigned")
        return answer([Task.of(task) for task in tasks], headers)


@get(
    "/tasks/{task_id:str}",
    opt=operation(errors={400: errors.TASK}, tagged=True),
    response_description="The task, and the users it is assigned to.",
)
async def get_task(request: Call, task_id: FromPath[str]) -> Answer[TaskWithUsers]:
    """Get a task and its users."""
    found = await fring_of(request).tasks.get_with_users(read_id("task_id", task_id))
    return answered(request, TaskWithUsers.of_both(found), found.task, with_others=True)


@put(
    "/tasks/{task_id:str}",
    opt=operation(body=TaskChanges, errors={400: errors.UPDATE_TASK}, tagged=True),
    response_description="The task as it is now.",
)
async def update_task(request: Call, task_id: FromPath[str]) -> Answer[Task]:
    """Change a task.

    What the body does not name stays.
    """
    task, expected = read_id("task_id", task_id), read_if_match(request)
    changes = (await read_body(request, TaskChanges)).to_core()
    changed = await expected.met(
        lambda version: fring_of(request).tasks.update(task, changes, version=version)
    )
    return tagged(Task.of(changed), changed)


@patch(
    "/tasks/{task_id:str}/status",
    opt=operation(query=("new_status",), errors={400: errors.UPDATE_TASK}, tagged=True),
    response_description="The task as it is now.",
)
async def set_status(request: Call, task_id: FromPath[str]) -> Answer[Task]:
    """Set the status of a task."""
    task, expected = read_id("task_id", task_id), read_if_match(request)
    status = Query(request).required_status("status")
    changed = await expected.met(
        lambda version: fring_of(request).tasks.set_status(task, status, version=version)
    )
    return tagged(Task.of(changed), changed)


@delete(
    "/tasks/{task_id:str}",
    opt=operation(errors={400: errors.TASK}, tagged=True),
    response_description="The task is gone.",
)
async def delete_task(request: Call, task_id: FromPath[str]) -> None:
    """Delete a task.

    Its assignments go with it, its users stay.
    """
    task, expected = read_id("task_id", task_id), read_if_match(request)
    await expected.met(lambda version: fring_of(request).tasks.delete(task, version=version))


@get(
    "/tasks/{task_id:str}/users",
    opt=operation(query=PAGE, errors={400: errors.TASK}),
    response_description="The users the task is assigned to.",
    response_headers=[NEXT],
)
async def list_users_of_task(request: Call, task_id: FromPath[str]) -> Answer[list[User]]:
    """List the users of a task.

    They come by ascending id: all of them, or a page if any of `skip`, `limit` and `after` is given.
    """
    task = read_id("task_id", task_id)
    listed = partial(fring_of(request).assignments.users_of, task)
    listing = Listing(f"tasks/{task}/users", UserFilter())
    return await page_or_all(request, listing, listed, User.of)


@post(
    "/tasks/{task_id:str}/users/{user_id:str}",
    opt=operation(errors={400: errors.ASSIGN_USER}),
    response_description="The user is assigned.",
)
async def assign_user(
    request: Call, task_id: FromPath[str], user_id: FromPath[str]
) -> Answer[Message]:
    """Assign a user to a task."""
    task, user = read_id("task_id", task_id), read_id("user_id", user_id)
    await fring_of(request).assignments.add(user=user, task=task, first=Side.TASK)
    return answer(Message(f"User {user} assigned successfully to task {task}"))


@delete(
    "/tasks/{task_id:str}/users/{user_id:str}",
    opt=operation(errors={400: errors.UNASSIGN_USER}),
    response_description="The user is no longer assigned.",
)
async def unassign_user(request: Call, task_id: FromPath[str], user_id: FromPath[str]) -> None:
    """Take a user from a task."""
    task, user = read_id("task_id", task_id), read_id("user_id", user_id)
    await fring_of(request).assignments.remove(user=user, task=task, first=Side.TASK)


HANDLERS: Final = (
    create_task,
    list_tasks,
    get_task,
    update_task,
    set_status,
    delete_task,
    list_users_of_task,
    assign_user,
    unassign_user,
)
