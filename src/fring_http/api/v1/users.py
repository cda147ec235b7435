"""Users, and their tasks, on `/api/v1`."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from litestar import Request, delete, get, post, put
from litestar.params import FromPath

from fring_core import Action, TaskFilter, UserFilter
from fring_core.queries import DEFAULT_LIMIT
from fring_http.api.answers import Answer, answer
from fring_http.api.cursors import Listing
from fring_http.api.pages import NEXT, linked, read_page
from fring_http.api.reading.bodies import read_body
from fring_http.api.reading.parameters import Query, read_id
from fring_http.api.reading.preconditions import answered, read_if_match, tagged
from fring_http.api.receipts import fring_of
from fring_http.api.references import created
from fring_http.api.shapes.operations import LOCATION, operation
from fring_http.api.tags import version_tag
from fring_http.api.v1 import texts as errors
from fring_http.api.v1.schemas import Message, NewUser, Task, User, UserChanges, UserWithTasks
from fring_http.api.whole_lists import PAGE, page_or_all

Call = Request[Any, Any, Any]


@post(
    "/users",
    opt=operation(
        body=NewUser,
        action=Action.MANAGE_USERS,
        errors={400: errors.CREATE_USER},
        tagged=True,
        rate="users",
    ),
    response_description="The user that was created.",
    response_headers=[LOCATION],
)
async def create_user(request: Call) -> Answer[User]:
    """Create a user.

    It has no password: nobody can log in as it.
    """
    new = await read_body(request, NewUser)
    user = await fring_of(request).users.create(new.to_core())
    return created(request, User.of(user), version_tag(user.version))


@get(
    "/users",
    opt=operation(query=("skip", "limit", "after", "username", "email")),
    response_description="The users on this page.",
    response_headers=[NEXT],
)
async def list_users(request: Call) -> Answer[list[User]]:
    """List users.

    They come by ascending id.
    """
    query = Query(request)
    where = UserFilter(username=query.text("username"), email=query.text("email"))
    listing = Listing("users", where)
    page = read_page(query, listing, DEFAULT_LIMIT)
    users = await fring_of(request).users.list(where, page)
    headers = linked(request, query, listing, users, "username", "email")
    return answer([User.of(user) for user in users], headers)


@get(
    "/users/{user_id:str}",
    opt=operation(errors={400: errors.USER}, tagged=True),
    response_description="The user, and the tasks assigned to it.",
)
async def get_user(request: Call, user_id: FromPath[str]) -> Answer[UserWithTasks]:
    """Get a user and its tasks."""
    found = await fring_of(request).users.get_with_tasks(read_id("user_id", user_id))
    return answered(request, UserWithTasks.of_both(found), found.user, with_others=True)


@put(
    "/users/{user_id:str}",
    opt=operation(
        body=UserChanges,
        action=Action.MANAGE_USERS,
        errors={400: errors.UPDATE_USER},
        tagged=True,
    ),
    response_description="The user as it is now.",
)
async def update_user(request: Call, user_id: FromPath[str]) -> Answer[User]:
    """Change a user.

    What the body does not name stays.
    """
    user, expected = read_id("user_id", user_id), read_if_match(request)
    changes = (await read_body(request, UserChanges)).to_core()
    changed = await expected.met(
        lambda version: fring_of(request).users.update(user, changes, version=version)
    )
    return tagged(User.of(changed), changed)


@delete(
    "/users/{user_id:str}",
    opt=operation(action=Action.MANAGE_USERS, errors={400: errors.USER}, tagged=True),
    response_description="The user is gone.",
)
async def delete_user(request: Call, user_id: FromPath[str]) -> None:
    """Delete a user.

    Its assignments go with it, and its personal list if it has a password. Tasks of the board stay.
    """
    user, expected = read_id("user_id", user_id), read_if_match(request)
    await expected.met(lambda version: fring_of(request).users.delete(user, version=version))


@get(
    "/users/{user_id:str}/tasks",
    opt=operation(query=("status", *PAGE), errors={400: errors.TASKS_OF_USER}),
    response_description="The tasks assigned to the user.",
    response_headers=[NEXT],
)
async def list_tasks_of_user(request: Call, user_id: FromPath[str]) -> Answer[list[Task]]:
    """List the tasks of a user.

    They come by ascending id: all of them, or a page if any of `skip`, `limit` and `after` is given.
    """
    user = read_id("user_id", user_id)
    where = TaskFilter(Query(request).text("status"))
    listed = partial(fring_of(request).assignments.tasks_of, user, where.status)
    listing = Listing(f"users/{user}/tasks", where)
    return await page_or_all(request, listing, listed, Task.of, "status")


@post(
    "/users/{user_id:str}/tasks/{task_id:str}",
    opt=operation(errors={400: errors.ASSIGN_TASK}),
    response_description="The task is assigned.",
)
async def assign_task(
    request: Call, user_id: FromPath[str], task_id: FromPath[str]
) -> Answer[Message]:
    """Assign a task to a user."""
    user, task = read_id("user_id", user_id), read_id("task_id", task_id)
    await fring_of(request).assignments.add(user=user, task=task)
    return answer(Message(f"Task {task} assigned to {user}"))


@delete(
    "/users/{user_id:str}/tasks/{task_id:str}",
    opt=operation(errors={400: errors.UNASSIGN_TASK}),
    response_description="The task is no longer assigned.",
)
async def unassign_task(request: Call, user_id: FromPath[str], task_id: FromPath[str]) -> None:
    """Take a task from a user."""
    user, task = read_id("user_id", user_id), read_id("task_id", task_id)
    await fring_of(request).assignments.remove(user=user, task=task)


HANDLERS: Final = (
    create_user,
    list_users,
    get_user,
    update_user,
    delete_user,
    list_tasks_of_user,
    assign_task,
    unassign_task,
)
