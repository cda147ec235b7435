"""The client: the types of `Fring`, from somewhere else."""

from collections.abc import Sequence
from typing import assert_type

import httpx

from fring_core import BlockingFring, Fring, NewTask, Slice, Task, TaskChanges, TaskWithUsers, User
from fring_http.client import BlockingFringClient, FringClient, UnexpectedAnswer


async def asynchronously() -> None:
    """Await the use cases."""
    async with FringClient("https://tasks.example", token=lambda: "token", timeout=3) as fring:
        assert_type(fring, FringClient)
        assert_type(await fring.tasks.create(NewTask("Buy seeds"), owner="ann"), Task)
        assert_type(await fring.tasks.get_with_users(1), TaskWithUsers)
        assert_type(await fring.users.list(), Slice[User])
        assert_type(await fring.users.find(username="ann"), User | None)
        assert_type([task async for task in fring.tasks.all()], list[Task])
        fring.transaction()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


def blocking(transport: httpx.HTTPTransport) -> None:
    """Call the use cases without a loop."""
    with BlockingFringClient("https://tasks.example", token=None, transport=transport) as fring:
        assert_type(fring, BlockingFringClient)
        assert_type(fring.tasks.toggle(1, owner="ann"), Task)
        assert_type(fring.tasks.list(), Slice[Task])
        assert_type(list(fring.tasks.all()), list[Task])
        assert_type(fring.users.count(), int)
        try:
            fring.tasks.update(1, TaskChanges(title="Buy more seeds"))
        except UnexpectedAnswer as error:
            assert_type(error.status, int)
            assert_type(error.code, str)


async def either(fring: Fring | FringClient) -> Sequence[Task]:
    """Take a Fring wherever it is."""
    return await fring.tasks.list()


def either_without_a_loop(fring: BlockingFring | BlockingFringClient) -> Sequence[Task]:
    """Take one wherever it is, without a loop."""
    return fring.tasks.list()


def refused(transport: httpx.AsyncHTTPTransport) -> None:
    """Take the wrong kind of transport, and the wrong arguments."""
    fring = BlockingFringClient("https://tasks.example", transport=transport)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    fring.tasks.get("1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    fring.assignments.add(1, 2)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
