"""Events through the clients: as `Fring` tells them, and gone on with wherever a stream was cut."""

from contextlib import aclosing, asynccontextmanager

import httpx
import pytest

from fring_adapters.clock import utc_now
from fring_adapters.identity import SecretTokens
from fring_adapters.memory import MemoryStore
from fring_core import (
    CursorExpired,
    Fring,
    InvalidCursor,
    InvalidInput,
    NewTask,
    NewUser,
    StoreUnavailable,
    TaskChanges,
    TaskNotFound,
    Unauthenticated,
)
from fring_http.api.app import create_app
from fring_http.client import BlockingFringClient, FringClient, calls
from tests.faults.proxy import Proxy
from tests.http.awaiting import Awaiting
from tests.http.tokens import SECRET, as_user
from tests.serving import in_thread, serving

pytestmark = pytest.mark.anyio
CUTS = 30


@asynccontextmanager
async def client_of(kind, url, **options):
    if kind == "awaiting":
        async with FringClient(url, **options) as client:
            yield client
    else:
        with BlockingFringClient(url, **options) as client:
            yield Awaiting(client)


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture(params=["awaiting", "blocking"])
def kind(request):
    return request.param


@pytest.fixture
def fring():
    return Fring(MemoryStore(), clock=utc_now)


@pytest.fixture
def url(fring):
    with in_thread(create_app(fring)) as url:
        yield url


async def change_much(fring, owner="me"):
    """Make, change and remove; return the id of a task that is left."""
    user = await fring.users.create(NewUser("ann", "ann@example.com"))
    task = await fring.tasks.create(NewTask("one"))
    await fring.assignments.add(user=user.id, task=task.id)
    await fring.tasks.update(task.id, TaskChanges(description="text"))
    own = await fring.tasks.create(NewTask("own"), owner=owner)
    await fring.tasks.delete(own.id, owner=owner)
    await fring.users.delete(user.id)
    return task.id


async def test_a_client_tells_what_fring_tells(kind, fring, url):
    async with client_of(kind, url) as client:
        start = await client.events.latest()
        assert start == await fring.events.latest()
        task = await change_much(fring)
        told = [each for each in (await fring.events.page(start)).items if each.owner is None]
        page = await client.events.page(start)
        assert [*page.items] == told
        assert [each.cursor for each in page.items] == [each.cursor for each in told]
        assert (page.next, page.more) == (await fring.events.latest(), False)
        part = await client.events.page(start, limit=2)
        assert ([*part.items], part.more) == (told[:2], True)
        assert [*(await client.events.page(part.next)).items] == told[2:]
        whole = await fring.events.of_task(task)
        assert await client.events.of_task(task) == whole
        assert (await client.events.of_task(task)).more is False
        newest = await client.events.of_task(task, limit=1)
        assert ([*newest], newest.more) == ([*whole[:1]], True)
        rest = await client.events.of_task(task, before=newest[0].cursor)
        assert [*rest] == [*whole[1:]]
        assert await client.events.has(page.next)


async def test_what_is_refused_is_what_fring_refuses(kind, fring, url):
    async with client_of(kind, url) as client:
        await fring.tasks.create(NewTask("task"))
        for wrong in ("x", "1" * 40):
            for call in (client.events.page, client.events.has):
                with pytest.raises(InvalidCursor):
                    await call(wrong)
            with pytest.raises(InvalidCursor):
                await client.events.of_task(1, before=wrong)
            with pytest.raises(InvalidCursor):
                async for _ in client.events.after(wrong):
                    pytest.fail("it has no event")
        for call in (client.events.page, client.events.has):
            with pytest.raises(CursorExpired):
                await call("00000000-1")
        with pytest.raises(CursorExpired):
            async for _ in client.events.after("00000000-1"):
                pytest.fail("it has no event")
        with pytest.raises(InvalidInput, match="after"):
            await client.events.page("\0")
        with pytest.raises(InvalidInput, match="limit"):
            await client.events.page(limit=0)
        with pytest.raises(InvalidInput, match="limit"):
            await client.events.page(limit=1001)
        with pytest.raises(InvalidInput, match="over HTTP"):
            await client.events.forget(utc_now())
        with pytest.raises(TaskNotFound):
            await client.events.of_task(0)
        assert [*await client.events.of_task(99)] == []
        assert [*await client.events.of_task(1, owner="ann")] == []


async def test_one_s_own_list_is_told_of_with_a_token(kind):
    fring = Fring(MemoryStore(), clock=utc_now)
    with in_thread(create_app(fring, tokens=SecretTokens(SECRET))) as url:
        async with client_of(
            kind, url, token=as_user("ann")["Authorization"].removeprefix("Bearer ")
        ) as client:
            await fring.tasks.create(NewTask("another's"), owner="bob")
            own = await fring.tasks.create(NewTask("own"), owner="ann")
            [event] = (await client.events.page()).items
            assert (event.task_id, event.owner) == (own.id, "me")
            [event] = await client.events.of_task(own.id, owner="me")
            assert event.owner == "me"
            assert [*await client.events.of_task(own.id)] == []
        async with client_of(kind, url, token="a.b.c") as client:
            with pytest.raises(Unauthenticated):
                await client.events.page()
            with pytest.raises(Unauthenticated):
                async for _ in client.events.after():
                    pytest.fail("it has no event")


async def test_an_event_that_is_not_committed_has_not_come(kind, fring, url):
    async with client_of(kind, url) as client:
        places: list[str] = []
        async with fring.acting_as(None, on_record=places.append).transaction() as inner:
            await inner.tasks.create(NewTask("task"))
            assert await client.events.has(places[0]) is False
            async with httpx.AsyncClient(base_url=url) as http:
                answer = await http.get(f"/api/v2/events?until={places[0]}&wait=1")
            assert (answer.status_code, answer.json()["code"]) == (503, "not_yet")
            assert answer.headers["retry-after"] == "1"
        assert await client.events.has(places[0]) is True


async def test_what_comes_is_iterated_over(kind, fring, url):
    async with client_of(kind, url) as client:
        start = await fring.events.latest()
        await change_much(fring)
        told = [each for each in (await fring.events.page(start)).items if each.owner is None]
        found = []
        async with aclosing(client.events.after(start)) as events:
            async for event in events:
                found.append(event)
                if len(found) == len(told):
                    break
        assert found == told


async def test_a_stream_that_is_cut_loses_nothing_and_tells_nothing_twice(
    kind, fring, url, monkeypatch
):
    monkeypatch.setattr(calls, "FIRST_PAUSE_SECONDS", 0.001)
    start = await fring.events.latest()
    number = 12 * CUTS
    for each in range(number):
        await fring.tasks.create(NewTask(f"task {each}"))
    with Proxy(httpx.URL(url).port or 0) as proxy:
        proxy.lasts = range(500, 5000)
        async with client_of(kind, f"http://127.0.0.1:{proxy.port}") as client:
            found = []
            async with aclosing(client.events.after(start)) as events:
                async for event in events:
                    found.append(event.after["title"])
                    if len(found) == number:
                        break
        assert found == [f"task {each}" for each in range(number)]
        assert proxy.dropped >= CUTS


async def test_a_server_that_stays_away_is_unavailable_in_the_end(kind, tmp_path):
    with serving(tmp_path, DATABASE_URL="memory://") as server:
        async with client_of(kind, server.url, patience=0.5) as client:
            await client.tasks.create(NewTask("task"))
            async with aclosing(client.events.after()) as events:
                assert (await anext(events)).task_id == 1
                server.process.terminate()
                with pytest.raises(StoreUnavailable):
                    await anext(events)
