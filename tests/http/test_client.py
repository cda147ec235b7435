"""The client on a real server: its interface is Fring's, and so are its errors."""

import asyncio
import inspect
from datetime import date
from enum import IntEnum

import httpx
import pytest

from fring_adapters import open_memory
from fring_adapters.clock import utc_now
from fring_adapters.memory import MemoryStore
from fring_core import (
    AlreadyAssigned,
    EmailTaken,
    Forbidden,
    Fring,
    FringError,
    IdTaken,
    InvalidInput,
    InvalidStatus,
    NewTask,
    NewUser,
    NotAssigned,
    Page,
    Place,
    Side,
    TaskChanges,
    TaskFilter,
    TaskNotFound,
    TaskOrder,
    TaskStatus,
    Unauthenticated,
    UserChanges,
    UserFilter,
    UsernameTaken,
    UserNotFound,
    run_sync,
)
from fring_core.queries import MAX_LIMIT
from fring_http.api.app import create_app
from fring_http.client import BlockingFringClient, FringClient
from tests.core.examples import NOW
from tests.http.awaiting import Awaiting
from tests.http.tokens import token
from tests.http.wire import MISSING

TIMEOUT = 30


def public_methods(noun):
    return {
        name: inspect.signature(method)
        for name, method in inspect.getmembers(type(noun), inspect.isfunction)
        if not name.startswith("_")
    }


@pytest.mark.parametrize("noun", ["users", "tasks", "assignments"])
def test_the_methods_are_those_of_fring_and_so_are_their_arguments_and_results(noun):
    local, url = Fring(MemoryStore(), clock=utc_now), "http://127.0.0.1:1"
    expected = public_methods(getattr(local, noun))
    assert public_methods(getattr(FringClient(url), noun)) == expected
    with BlockingFringClient(url) as blocking:
        assert public_methods(getattr(blocking, noun)) == expected


class InRunner(httpx.BaseTransport):
    """Call an application directly, without a loop of the caller's."""

    def __init__(self, app):
        self._inner = httpx.ASGITransport(app)

    def handle_request(self, request):
        async def answer():
            found = await self._inner.handle_async_request(request)
            return httpx.Response(
                found.status_code, headers=found.headers, content=await found.aread()
            )

        return asyncio.run(answer())


def connected():
    """Return a Fring in memory, and a client of it."""
    local = open_memory()
    transport = InRunner(create_app(local.awaited))
    return local, BlockingFringClient("http://localhost", transport=transport)


@pytest.fixture(params=["asyncio", "blocking"])
def on_server(request, server):
    """Give a function that runs a scenario with a client."""

    def run(scenario):
        async def with_client():
            async with FringClient(server, timeout=TIMEOUT) as fring:
                return await scenario(fring)

        if request.param == "asyncio":
            return asyncio.run(with_client())
        with BlockingFringClient(server, timeout=TIMEOUT) as fring:
            return run_sync(scenario(Awaiting(fring)))

    return run


def test_the_shared_board(on_server, unique):
    async def scenario(fring):
        ann = await fring.users.create(NewUser(unique(), f"{unique()}@example.org"))
        title = f"100%_ {unique()} ß\\"
        task = await fring.tasks.create(NewTask(title, status=TaskStatus.IN_PROGRESS))
        assert (await fring.tasks.get_with_users(task.id)).task == task
        await fring.assignments.add(user=ann.id, task=task.id)
        assert await fring.tasks.list(TaskFilter(title=title, assigned=True)) == [task]
        assert await fring.assignments.tasks_of(ann.id, TaskStatus.TODO) == []
        assert list((await fring.tasks.get_with_users(task.id)).users) == [ann]
        await fring.assignments.remove(user=ann.id, task=task.id, first=Side.TASK)
        await fring.assignments.add(user=ann.id, task=task.id, first=Side.TASK)
        assert await fring.assignments.users_of(task.id) == [ann]
        done = await fring.tasks.update(task.id, TaskChanges(completed=True, description=None))
        assert done.status is TaskStatus.COMPLETED
        assert done.updated_at > task.updated_at
        assert list((await fring.users.get_with_tasks(ann.id)).tasks) == [done]
        await fring.assignments.remove(user=ann.id, task=task.id)
        renamed = await fring.users.update(ann.id, UserChanges(username=unique()))
        assert await fring.users.list(UserFilter(renamed.username), Page(0, 5)) == [renamed]
        await fring.tasks.delete(task.id)
        await fring.users.delete(ann.id)

    on_server(scenario)


def test_a_personal_list(on_server, owner):
    async def scenario(fring):
        new = NewTask("own", "why", TaskStatus.TODO, date(2024, 2, 29))
        task = await fring.tasks.create(new, owner=owner)
        assert (task.owner, task.due_date) == (owner, date(2024, 2, 29))
        assert (await fring.tasks.toggle(task.id, owner=owner)).status is TaskStatus.COMPLETED
        open_ones = TaskFilter(completed=False)
        newest = TaskOrder.NEWEST_FIRST
        assert await fring.tasks.list(open_ones, owner=owner, order=newest) == []
        task = await fring.tasks.set_status(task.id, TaskStatus.CANCELED, owner=owner)
        task = await fring.tasks.update(task.id, TaskChanges(due_date=None), owner=owner)
        assert await fring.tasks.list(open_ones, owner=owner, order=newest) == [task]
        assert list((await fring.tasks.get_with_users(task.id, owner=owner)).users) == []
        with pytest.raises(TaskNotFound):
            await fring.tasks.get_with_users(task.id)
        await fring.tasks.delete(task.id, owner=owner)

    on_server(scenario)


def test_one_alone(on_server, unique):
    async def scenario(fring):
        name = unique()
        email = f"{name}@example.org"
        longer = await fring.users.create(NewUser(f"{name}a", f"a{email}"))
        ann = await fring.users.create(NewUser(name, email))
        assert await fring.users.get(ann.id) == ann
        assert await fring.users.find(username=name) == ann
        assert await fring.users.find(email=email) == ann
        assert await fring.users.find(email=longer.email) == longer
        assert await fring.users.find(username=name.upper()) is None
        for both in ({}, {"username": name, "email": email}):
            with pytest.raises(InvalidInput):
                await fring.users.find(**both)
        for owner in (None, name):
            task = await fring.tasks.create(NewTask("task"), owner=owner)
            assert await fring.tasks.get(task.id, owner=owner) == task
            with pytest.raises(TaskNotFound):
                await fring.tasks.get(task.id, owner=unique())

    on_server(scenario)


@pytest.mark.parametrize("limit", [MAX_LIMIT, 3, 2, 1, 0])
@pytest.mark.parametrize("there", [0, 1, 2, 3])
def test_a_page_says_whether_others_follow(there, limit):
    local, remote = connected()
    for number in range(there):
        local.users.create(NewUser(f"u{number}", f"{number}@example.org"))
        local.tasks.create(NewTask("task"))
    for skip in (0, 1, 2, 3):
        page = Page(skip, limit)
        for mine, theirs in ((local.users, remote.users), (local.tasks, remote.tasks)):
            expected, found = mine.list(page=page), theirs.list(page=page)
            assert (found, found.more) == (expected, expected.more)


def test_all_goes_beyond_a_page_and_so_do_count_and_find(monkeypatch):
    monkeypatch.setattr("fring_http.client.pages.MAX_LIMIT", 3)
    local, remote = connected()
    for number in range(7):
        local.users.create(NewUser(f"ann{6 - number}", f"{number}@example.org"))
        local.tasks.create(NewTask(f"task {number}"))
        local.tasks.create(NewTask("own"), owner="ann")
        users = list(remote.users.all(UserFilter("ann")))
        assert users == list(local.users.all())
        assert list(remote.tasks.all()) == list(local.tasks.all())
        own = list(remote.tasks.all(owner="ann"))
        assert own == local.tasks.list(owner="ann", order=TaskOrder.NEWEST_FIRST)
        assert remote.users.count() == remote.tasks.count() == number + 1
        assert remote.tasks.count(owner="ann") == number + 1
        assert remote.users.find(username=users[-1].username) == users[-1]
    assert remote.users.count(UserFilter("ann0")) == remote.tasks.count(TaskFilter(title="3")) == 1
    by_title = list(remote.tasks.all(owner="ann", order=TaskOrder.BY_TITLE))
    assert by_title == list(local.tasks.all(owner="ann", order=TaskOrder.BY_TITLE))


@pytest.mark.parametrize(
    ("noun", "options"),
    [
        ("users", {}),
        ("tasks", {}),
        ("tasks", {"owner": "ann", "order": TaskOrder.NEWEST_FIRST}),
        ("tasks", {"owner": "ann", "order": TaskOrder.BY_TITLE}),
    ],
)
def test_all_passes_over_none_though_others_write(monkeypatch, noun, options):
    monkeypatch.setattr("fring_http.client.pages.MAX_LIMIT", 3)
    local, remote = connected()
    for number in range(9):
        local.users.create(NewUser(f"ann{number}", f"{number}@example.org"))
        local.tasks.create(NewTask(f"task {number % 2}"))
        local.tasks.create(NewTask(f"task {number % 2}"), owner="ann")
    rows = getattr(local, noun)
    owner = {"owner": "ann"} if options else {}
    there = [each.id for each in rows.all(**options)]
    everything = getattr(remote, noun).all(**options)
    seen = [next(everything).id for _ in range(3)]
    rows.delete(there[1], **owner)
    local.tasks.create(NewTask("a new one, in front"), owner="ann")
    assert seen + [each.id for each in everything] == there


def test_all_asks_once_for_each_page():
    asked = []

    def answer(request):
        asked.append(request.url.query)
        begins = request.url.params.get("after")
        link = {} if begins else {"Link": '<../x?limit=2&after=there-_>; rel="next", <y>; rel=z'}
        return httpx.Response(200, json=[], headers=link)

    with BlockingFringClient("http://fring", transport=httpx.MockTransport(answer)) as fring:
        assert list(fring.users.all(UserFilter("a"))) == []
    assert asked == [
        b"username=a&skip=0&limit=1000",
        b"username=a&skip=0&limit=1000&after=there-_",
    ]


def test_a_full_page_of_the_greatest_size_asks_once_more():
    local, remote = connected()
    for _ in range(MAX_LIMIT):
        local.tasks.create(NewTask("task"))
    page = Page(limit=MAX_LIMIT)
    assert not remote.tasks.list(page=page).more
    local.tasks.create(NewTask("one more"))
    found = remote.tasks.list(page=page)
    assert (len(found), found.more) == (MAX_LIMIT, True)


def test_errors_are_the_cores_with_their_fields(on_server, unique):
    async def scenario(fring):
        ann = await fring.users.create(NewUser(unique(), f"{unique()}@example.org"))
        bob = await fring.users.create(NewUser(unique(), f"{unique()}@example.org"))
        task = await fring.tasks.create(NewTask("task"))
        await fring.assignments.add(user=ann.id, task=task.id)
        refused = [
            (fring.users.get_with_tasks(MISSING), UserNotFound(MISSING)),
            (fring.users.delete(0), UserNotFound(0)),
            (fring.tasks.get_with_users(10**30), TaskNotFound(10**30)),
            (fring.assignments.add(user=ann.id, task=MISSING), TaskNotFound(MISSING)),
            (
                fring.assignments.add(user=MISSING, task=task.id, first=Side.TASK),
                UserNotFound(MISSING),
            ),
            (
                fring.assignments.add(user=ann.id, task=task.id, first=Side.TASK),
                AlreadyAssigned(ann.id, task.id),
            ),
            (fring.assignments.remove(user=bob.id, task=task.id), NotAssigned(bob.id, task.id)),
            (fring.users.create(NewUser(ann.username, "a@b.c")), UsernameTaken(ann.username)),
            (fring.users.update(bob.id, UserChanges(email=ann.email)), EmailTaken(ann.email)),
            (fring.tasks.create(NewTask("again", id=task.id)), IdTaken(task.id)),
            (fring.assignments.tasks_of(ann.id, "bad"), InvalidStatus("bad")),
        ]
        for call, error in refused:
            with pytest.raises(type(error)) as raised:
                await call
            assert raised.value.args == error.args
        with pytest.raises(InvalidInput) as invalid:
            await fring.tasks.create(NewTask("own", "x" * 1001), owner=unique())
        assert [(p.field, p.kind) for p in invalid.value.problems] == [
            ("description", "value_error")
        ]

    on_server(scenario)


@pytest.mark.parametrize(
    ("field", "call"),
    [
        ("due_date", lambda f: f.tasks.create(NewTask("a", due_date=date(2024, 1, 1)))),
        ("remind_at", lambda f: f.tasks.create(NewTask("a", remind_at=NOW))),
        ("remind_at", lambda f: f.tasks.create(NewTask("a", remind_at=NOW), owner="ann")),
        ("remind_at", lambda f: f.tasks.update(1, TaskChanges(remind_at=None))),
        ("remind_at", lambda f: f.tasks.update(1, TaskChanges(remind_at=NOW), owner="ann")),
        ("due_date", lambda f: f.tasks.update(1, TaskChanges(due_date=None))),
        ("completed", lambda f: f.tasks.update(1, TaskChanges(completed=False))),
        ("completed", lambda f: f.tasks.list(TaskFilter(completed=False))),
        ("completed", lambda f: f.tasks.list(TaskFilter("todo", completed=True))),
        ("order", lambda f: f.tasks.list(order=TaskOrder.BY_TITLE)),
        ("touch", lambda f: f.tasks.update(1, TaskChanges("a"), touch=False)),
        ("owner", lambda f: f.tasks.toggle(1)),
        ("new", lambda f: f.tasks.create_many([NewTask("a")])),
        ("new", lambda f: f.tasks.create_many([NewTask("a")], owner="ann")),
        ("task_ids", lambda f: f.tasks.update_many([1], TaskChanges("a"))),
        ("id", lambda f: f.tasks.create(NewTask("a", id=1), owner="ann")),
        ("order", lambda f: f.tasks.list(owner="ann")),
        ("order", lambda f: next(f.tasks.all(order=TaskOrder.BY_TITLE))),
        ("after", lambda f: f.tasks.list(page=Page(after=Place(1)))),
        ("after", lambda f: f.users.list(page=Page(after=Place(1)))),
        ("title", lambda f: f.tasks.list(TaskFilter(title="a"), owner="ann", order=TaskOrder.BY_TITLE)),
        ("assigned", lambda f: f.tasks.list(TaskFilter(assigned=False), owner="ann", order=TaskOrder.BY_TITLE)),
        *(
            ("owner", lambda f, owner=owner: f.tasks.get_with_users(1, owner=owner))
            for owner in ("auth", "v1", "v22", ".", "..", "a/b", "a\n/", "", "\0", "x" * 256)
        ),
    ],
)  # fmt: skip
def test_what_the_wire_does_not_carry_is_refused_before_anything_is_sent(field, call):
    with BlockingFringClient("http://127.0.0.1:1") as fring, pytest.raises(InvalidInput) as refused:
        call(fring)
    assert [problem.field for problem in refused.value.problems] == [field]


@pytest.mark.parametrize("owner", ["v", "v1a", "Auth", "..a", "a b", "ann@example.org", "ü?#%2F&"])
def test_awkward_owners_have_lists_of_their_own(on_server, owner):
    async def scenario(fring):
        task = await fring.tasks.create(NewTask("own"), owner=owner)
        assert task.owner == owner
        assert (await fring.tasks.get_with_users(task.id, owner=owner)).task == task
        await fring.tasks.delete(task.id, owner=owner)

    on_server(scenario)


def test_tokens(secured):
    def list_of_ann(given):
        with BlockingFringClient(secured.url, token=given, timeout=TIMEOUT) as fring:
            return fring.tasks.list(owner="ann", order=TaskOrder.BY_TITLE)

    fresh = iter([token(sub="ann")])
    assert list(list_of_ann(lambda: next(fresh))) == list(list_of_ann(token(sub="ann")))
    with pytest.raises(Unauthenticated) as none:
        list_of_ann(None)
    assert not none.value.bad_token
    with pytest.raises(Unauthenticated) as bad:
        list_of_ann("a.b.c")
    assert bad.value.bad_token
    with pytest.raises(Forbidden):
        list_of_ann(token(sub="bob"))
    for impossible in ("", "a b", "a\r\nHost: b", "ü"):
        with pytest.raises(ValueError, match="visible ASCII"):
            list_of_ann(impossible)


class Seven(IntEnum):
    SEVEN = 7


ODD = [True, 1.0, "7", None, b"7", [7], Seven.SEVEN, 0, -1, 2**70]
BY_ID = {
    "users.get_with_tasks": lambda fring, x: fring.users.get_with_tasks(x),
    "users.delete": lambda fring, x: fring.users.delete(x),
    "assignments.add": lambda fring, x: fring.assignments.add(user=2**40, task=x),
    "tasks.get_with_users": lambda fring, x: fring.tasks.get_with_users(x),
    "own.get_with_users": lambda fring, x: fring.tasks.get_with_users(x, owner="nobody"),
    "owner": lambda fring, x: fring.tasks.get_with_users(2**40, owner=x),
    "users.get": lambda fring, x: fring.users.get(x),
    "tasks.get": lambda fring, x: fring.tasks.get(x),
    "first": lambda fring, x: fring.assignments.remove(user=2**40, task=2**40, first=x),
    "users.count": lambda fring, x: fring.users.count(x),
    "tasks.count": lambda fring, x: fring.tasks.count(x),
    "status": lambda fring, x: fring.tasks.set_status(2**40, x),
    "assignments.tasks_of": lambda fring, x: fring.assignments.tasks_of(2**40, x),
    "tasks.create": lambda fring, x: fring.tasks.create(x),
    "tasks.update": lambda fring, x: fring.tasks.update(2**40, x),
    "users.list": lambda fring, x: fring.users.list(x),
    "tasks.list": lambda fring, x: fring.tasks.list(page=x),
    "order": lambda fring, x: fring.tasks.list(order=x),
}  # fmt: skip


@pytest.mark.parametrize("name", BY_ID)
def test_odd_values_are_taken_and_refused_as_by_fring(name):
    async def told(fring, value):
        try:
            await BY_ID[name](fring, value)
        except FringError as error:
            return type(error).__name__, str(error)

    async def compared():
        local = Fring(MemoryStore(), clock=utc_now)
        transport = httpx.ASGITransport(create_app(local))
        async with FringClient("http://localhost", transport=transport) as remote:
            for value in ODD:
                assert await told(remote, value) == await told(local, value), value

    asyncio.run(compared())
