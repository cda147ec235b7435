"""Versions through the client: they come with a row, and a change may expect one."""

import asyncio
from typing import Any

import httpx
import pytest

from fring_adapters.clock import utc_now
from fring_adapters.memory import MemoryStore
from fring_core import (
    Fring,
    InvalidInput,
    NewTask,
    NewUser,
    Problem,
    TaskChanges,
    TaskStatus,
    UserChanges,
    VersionConflict,
)
from fring_http.api.app import create_app
from fring_http.client import BlockingFringClient, FringClient, UnexpectedAnswer

CALLERS = 32


def conflict(call, **its):
    with pytest.raises(VersionConflict) as raised:
        call(**its)
    return raised.value.version


@pytest.fixture
def fring(server):
    with BlockingFringClient(server) as fring:
        yield fring


def test_a_row_comes_with_its_version(fring, unique):
    name = unique()
    user = fring.users.create(NewUser(name, f"{name}@example.com"))
    task = fring.tasks.create(NewTask(name))
    fring.assignments.add(user=user.id, task=task.id)
    assert (user.version, task.version) == (1, 1)
    assert fring.users.update(user.id, UserChanges(unique())).version == 2
    assert fring.tasks.update(task.id, TaskChanges("new")).version == 3, (
        "the second is that it was assigned"
    )
    assert fring.tasks.set_status(task.id, TaskStatus.COMPLETED).version == 4
    shown = fring.users.get_with_tasks(user.id)
    assert (shown.user.version, shown.tasks[0].version) == (2, 0), "of others none is shown"
    assert fring.users.get(user.id).version == 2
    assert fring.tasks.get_with_users(task.id).task.version == 4
    assert {each.version for each in fring.tasks.list()} == {0}
    own = fring.tasks.create(NewTask(name), owner=name)
    assert (own.version, fring.tasks.toggle(own.id, owner=name).version) == (1, 2)
    assert fring.tasks.get(own.id, owner=name).version == 2


def test_a_change_expects_one(fring, unique):
    user = fring.users.create(NewUser(unique(), f"{unique()}@example.com"))
    for stale in (2, 0, -1, 10**30):
        assert (
            conflict(fring.users.update, user_id=user.id, changes=UserChanges(), version=stale) == 1
        )
        assert conflict(fring.users.delete, user_id=user.id, version=stale) == 1
    fring.users.update(user.id, UserChanges(unique()), version=user.version)
    assert conflict(fring.users.delete, user_id=user.id, version=user.version) == 2
    fring.users.delete(user.id, version=2)
    for owner in (None, unique()):
        task = fring.tasks.create(NewTask("one"), owner=owner)
        its = {"task_id": task.id, "owner": owner}
        for changing in (
            lambda **its: fring.tasks.update(changes=TaskChanges("new"), **its),
            lambda **its: fring.tasks.set_status(status=TaskStatus.TODO, **its),
            *([fring.tasks.toggle] if owner else []),
        ):
            assert conflict(changing, version=task.version + 1, **its) == task.version
            task = changing(version=task.version, **its)
        assert conflict(fring.tasks.delete, version=1, **its) == task.version
        fring.tasks.delete(version=task.version, **its)


def test_of_many_one_wins(server, unique):
    async def race():
        async with FringClient(server) as fring:
            task = await fring.tasks.create(NewTask(unique()))
            changes = (TaskChanges(f"title {n}") for n in range(CALLERS))
            calls = (fring.tasks.update(task.id, each, version=1) for each in changes)
            return await asyncio.gather(*calls, return_exceptions=True)

    results = asyncio.run(race())
    lost = [each for each in results if isinstance(each, VersionConflict)]
    assert (len(lost), {each.version for each in lost}) == (CALLERS - 1, {2})


def test_what_is_no_version_is_not_sent():
    text: Any = "1"
    with BlockingFringClient("http://127.0.0.1:1") as fring, pytest.raises(InvalidInput):
        fring.tasks.delete(1, version=text)


def answering(status, body, **headers):
    def answer(_):
        return httpx.Response(status, json=body, headers=headers)

    return BlockingFringClient("http://fring", transport=httpx.MockTransport(answer))


CHANGED = {"detail": "It is another by now", "code": "precondition_failed"}
TASK = {
    "id": 2,
    "title": "x",
    "description": None,
    "status": "todo",
    **dict.fromkeys(("created_at", "updated_at"), "2024-01-01T00:00:00Z"),
}


@pytest.mark.parametrize("tag", ['"7"', 'W/"7"', '"7-0123456789abcdef"', 'W/"7-x"'])
def test_a_tag_that_a_proxy_has_weakened_names_the_version(tag):
    with answering(412, CHANGED, ETag=tag) as fring:
        assert conflict(fring.tasks.delete, task_id=2, version=1) == 7
    with answering(200, TASK, ETag=tag) as fring:
        assert fring.tasks.update(2, TaskChanges()).version == 7


@pytest.mark.parametrize("headers", [{}, {"ETag": '"x"'}, {"ETag": "7"}, {"ETag": '"0"'}])
def test_an_answer_that_names_none(headers):
    with answering(412, CHANGED, **headers) as fring, pytest.raises(UnexpectedAnswer):
        fring.tasks.delete(2, version=1)
    with answering(200, TASK, **headers) as fring:
        assert fring.tasks.update(2, TaskChanges()).version == 0


def test_a_server_that_wants_one():
    app = create_app(Fring(MemoryStore(), clock=utc_now), require_if_match=True)

    async def change():
        async with FringClient("http://fring", transport=httpx.ASGITransport(app)) as fring:
            task = await fring.tasks.create(NewTask("one"))
            with pytest.raises(InvalidInput) as raised:
                await fring.tasks.update(task.id, TaskChanges("new"))
            assert raised.value.problems == (
                Problem("version", "must be given to this server", "missing"),
            )
            task = await fring.tasks.update(task.id, TaskChanges("new"), version=task.version)
            await fring.tasks.delete(task.id, version=task.version)

    asyncio.run(change())
