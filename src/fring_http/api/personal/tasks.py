"""Personal lists: each identity's own tasks, and nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Request, Router, delete, get, patch, post, put
from litestar.params import FromPath

from fring_core import (
    Fring,
    Problem,
    TaskChanges,
    TaskFilter,
    TaskNotFound,
    TaskOrder,
    TaskStatus,
    TransitionRefused,
    text,
)
from fring_core.queries import MAX_LIMIT
from fring_http.api.answers import Answer, answer
from fring_http.api.cursors import Listing
from fring_http.api.guards import guarding, list_guard, rated, reserved_guard
from fring_http.api.large_pages import turn
from fring_http.api.pages import NEXT, linked, read_page
from fring_http.api.personal.schemas import Completion, NewOwnTask, OwnTask, OwnTaskChanges
from fring_http.api.rates.policies import NO_RATES
from fring_http.api.reading.bodies import MAX_BODY_BYTES, read_body, read_optional_body
from fring_http.api.reading.input_guard import input_guard
from fring_http.api.reading.parameters import Query, read_id
from fring_http.api.reading.preconditions import answered, read_if_match, tagged
from fring_http.api.reading.unknown import telling
from fring_http.api.reading.wording import alternatives
from fring_http.api.receipts import IDEMPOTENCY_SECONDS, TAKES_KEYS, answering_once, fring_of
from fring_http.api.references import created
from fring_http.api.refusals.errors import ROUTER_HANDLERS, Fault, Rejected
from fring_http.api.refusals.options import with_options
from fring_http.api.shapes.operations import LOCATION, Refusals, operation
from fring_http.api.shapes.parameters import ALL, LIST_PATH, ORDERS, PENDING, USUAL_ORDER
from fring_http.api.tags import version_tag

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from fring_core import Task, Tokens
    from fring_http.api.rates import Rates

Call = Request[Any, Any, Any]

# What servers put for bytes that are not UTF-8: names that differ there would share a list.
REPLACEMENT: Final = "\ufffd"
GONE: Final[Refusals] = {404: {TaskNotFound: "Task not found"}}
CHANGED: Final[Refusals] = {
    **GONE,
    409: {TransitionRefused: "Status cannot change from '{before}' to '{after}'"},
}


def read_owner(user_id: str) -> str:
    """Return the owner that a path names; raise `Rejected` (422) if there can be none."""
    problem = text.OWNER.problem("owner", user_id)
    if REPLACEMENT in user_id:
        problem = Problem("owner", "must be UTF-8")
    if problem is not None:
        raise Rejected(Fault(["path", "owner"], problem.message, problem.kind))
    return user_id


def read_filter(query: Query) -> TaskFilter:
    """Return what `?status=` asks for (all, pending, or one status), and `?completed=` as well."""
    completed = query.boolean("completed")
    word = query.text("status") or ALL
    if word == ALL:
        return TaskFilter(completed=completed)
    if word == PENDING:
        # Nothing is pending and completed.
        status = TaskStatus.COMPLETED if completed else None
        return TaskFilter(status=status, completed=False)
    return TaskFilter(status=query.status("status", ALL, PENDING), completed=completed)


def read_order(query: Query) -> TaskOrder:
    """Return what `?sort=` asks for; raise `Rejected` (422) for another word."""
    name = query.text("sort") or USUAL_ORDER
    if name not in ORDERS:
        raise Rejected(Fault(["query", "sort"], f"must be {alternatives(ORDERS)}", "value_error"))
    return ORDERS[name]


@post(
    "/",
    opt=operation(body=NewOwnTask, tagged=True),
    response_description="The task that was created.",
    response_headers=[LOCATION],
)
async def create_own_task(request: Call, user_id: FromPath[str]) -> Answer[OwnTask]:
    """Create a task on a list.

    A list is there as soon as somebody asks for it.
    """
    owner = read_owner(user_id)
    new = await read_body(request, NewOwnTask)
    task = await fring_of(request).tasks.create(new.to_core(), owner=owner)
    return created(request, OwnTask.of(task, owner), version_tag(task.version))


@get(
    "/",
    opt=operation(query=("skip", "own_limit", "after", "own_status", "completed", "sort")),
    response_description="The tasks on this page.",
    response_headers=[NEXT],
)
async def list_own_tasks(request: Call, user_id: FromPath[str]) -> Answer[list[OwnTask]]:
    """List the tasks of a list.

    They come newest first, or by title.
    """
    owner, query = read_owner(user_id), Query(request)
    where, order = read_filter(query), read_order(query)
    listing = Listing(f"tasks of {owner}", where, order)
    page = read_page(query, listing, MAX_LIMIT)
    async with turn(page.limit):
        tasks = await fring_of(request).tasks.list(where, page, owner=owner, order=order)
    headers = linked(request, query, listing, tasks, "status", "completed", "sort")
    return answer([OwnTask.of(task, owner) for task in tasks], headers)


@get("/{task_id:str}", opt=operation(errors=GONE, tagged=True), response_description="The task.")
async def get_own_task(
    request: Call, user_id: FromPath[str], task_id: FromPath[str]
) -> Answer[OwnTask]:
    """Get a task of a list."""
    owner = read_owner(user_id)
    task = await fring_of(request).tasks.get(read_id("task_id", task_id), owner=owner)
    return answered(request, OwnTask.of(task, owner), task)


@put(
    "/{task_id:str}",
    opt=operation(body=OwnTaskChanges, errors=CHANGED, tagged=True),
    response_description="The task as it is now.",
)
async def update_own_task(
    request: Call, user_id: FromPath[str], task_id: FromPath[str]
) -> Answer[OwnTask]:
    """Change a task of a list.

    What the body does not name stays.
    """
    owner, task = read_owner(user_id), read_id("task_id", task_id)
    expected = read_if_match(request)
    changes = (await read_body(request, OwnTaskChanges)).to_core()
    changed = await expected.met(
        lambda version: fring_of(request).tasks.update(task, changes, owner=owner, version=version)
    )
    return tagged(OwnTask.of(changed, owner), changed)


@delete(
    "/{task_id:str}",
    opt=operation(errors=GONE, tagged=True),
    response_description="The task is gone.",
)
async def delete_own_task(request: Call, user_id: FromPath[str], task_id: FromPath[str]) -> None:
    """Delete a task of a list."""
    owner, task = read_owner(user_id), read_id("task_id", task_id)
    expected = read_if_match(request)
    await expected.met(
        lambda version: fring_of(request).tasks.delete(task, owner=owner, version=version)
    )


@patch(
    "/{task_id:str}/complete",
    opt=operation(optional_body=Completion, errors=CHANGED, tagged=True),
    response_description="The task as it is now.",
)
async def toggle_own_task(
    request: Call, user_id: FromPath[str], task_id: FromPath[str]
) -> Answer[OwnTask]:
    """Complete a task of a list, or reopen it.

    A body says which. Without one, a completed task is reopened, any other is completed.
    """
    owner, task = read_owner(user_id), read_id("task_id", task_id)
    expected = read_if_match(request)
    wish = await read_optional_body(request, Completion)

    def change(version: int | None) -> Awaitable[Task]:
        if wish is None:
            return fring_of(request).tasks.toggle(task, owner=owner, version=version)
        changes = TaskChanges(completed=wish.completed)
        return fring_of(request).tasks.update(task, changes, owner=owner, version=version)

    changed = await expected.met(change)
    return tagged(OwnTask.of(changed, owner), changed)


def personal_router(
    fring: Fring,
    tokens: Tokens | None = None,
    *,
    strict_input: bool = False,
    require_if_match: bool = False,
    rates: Rates = NO_RATES,
    idempotency_seconds: float = IDEMPOTENCY_SECONDS,
) -> Router:
    """Return `/api/{user_id}/tasks` on a Fring, to be part of any Litestar application.

    With `tokens`, each request needs one, and its subject must be the path's user id.
    `strict_input`, `require_if_match`, `rates` and `idempotency_seconds` are as in `v1_router`.
    """
    return Router(
        "/api/{user_id:str}/tasks",
        route_handlers=with_options(
            [
                create_own_task,
                list_own_tasks,
                get_own_task,
                update_own_task,
                delete_own_task,
                toggle_own_task,
            ]
        ),
        middleware=[
            guarding(
                *rated(rates, reserved_guard, *([list_guard(tokens)] if tokens else [])),
                input_guard,
            ),
            answering_once(fring, idempotency_seconds),
            telling,
        ],
        opt={
            "secured": tokens is not None,
            "path": LIST_PATH,
            "strict_input": strict_input,
            "require_if_match": require_if_match,
            TAKES_KEYS: True,
        },
        tags=["personal"],
        exception_handlers=ROUTER_HANDLERS,
        request_max_body_size=MAX_BODY_BYTES,
    )
