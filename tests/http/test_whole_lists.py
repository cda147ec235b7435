"""Lists that come whole unless a page is asked for, a thousand rows at a time."""

import asyncio
import json
import socket
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from fring_adapters.clock import utc_now
from fring_adapters.memory import MemoryStore
from fring_core import Fring, NewTask, NewUser, Slice, StoreUnavailable, UserFilter
from fring_http.api.app import create_app
from fring_http.api.cursors import Listing
from fring_http.api.door import exchanging
from fring_http.api.door.readers import Readers
from fring_http.api.whole_lists import page_or_all
from tests.serving import DEADLINE, await_condition, in_thread


async def _board(number, title="t"):
    """Return Fring with so many tasks of one user, and as many users of one task."""
    fring = Fring(MemoryStore(), clock=utc_now)
    for each in range(1, number + 1):
        await fring.users.create(NewUser(f"u{each}", f"u{each}@example.org"))
        await fring.tasks.create(NewTask(title))
        await fring.assignments.add(user=1, task=each)
        if each > 1:
            await fring.assignments.add(user=each, task=1)
    return fring


@pytest.fixture
def pages(monkeypatch):
    """Have pages of three rows, and count those that are read."""
    monkeypatch.setattr("fring_core.paging.MAX_LIMIT", 3)


@pytest.mark.parametrize("number", [1, 2, 3, 4, 6, 7, 10])
@pytest.mark.parametrize("path", ["/api/v1/users/1/tasks", "/api/v1/tasks/1/users"])
@pytest.mark.usefixtures("pages")
def test_all_of_a_list_comes_however_many_pages_it_has(number, path):
    with (
        in_thread(create_app(asyncio.run(_board(number)))) as url,
        httpx.Client(base_url=url) as client,
    ):
        answer = client.get(path)
        assert [row["id"] for row in answer.json()] == [*range(1, number + 1)]
        assert answer.headers["content-type"] == "application/json"
        assert "link" not in answer.headers
        assert ("content-length" in answer.headers) is (number <= 3)
        head = client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert client.get(path).status_code == 200, "the connection goes on"


@pytest.mark.parametrize("path", ["/api/v1/users/1/tasks", "/api/v1/tasks/1/users"])
def test_a_page_is_linked_to_the_next(path):
    with (
        in_thread(create_app(asyncio.run(_board(7)))) as url,
        httpx.Client(base_url=url) as client,
    ):
        answer, seen = client.get(path, params={"limit": 3, "skip": 1}), []
        seen += [row["id"] for row in answer.json()]
        while "next" in answer.links:
            answer = client.get(answer.url.join(answer.links["next"]["url"]))
            seen += [row["id"] for row in answer.json()]
        assert seen == [2, 3, 4, 5, 6, 7]
        cursor = client.get(path, params={"limit": 1}).links["next"]["url"].rpartition("=")[2]
        assert client.get(path.replace("/1/", "/2/"), params={"after": cursor}).status_code == 422
        assert client.get(path, params={"limit": -1}).status_code == 422


async def _parts(*found):
    """Return the parts of a whole list whose pages are these, or raise an error among them."""
    left = iter(found)

    async def listed(_):
        page = next(left)
        if isinstance(page, Exception):
            raise page
        return page

    request: Any = SimpleNamespace(scope={"query_string": b""})
    listing = Listing("users", UserFilter())
    answer: Any = await page_or_all(request, listing, listed, lambda user: user.id)
    return [part async for part in answer.iterator]


USER = SimpleNamespace(id=5)


def test_a_page_that_has_become_empty_meanwhile():
    found = asyncio.run(_parts(Slice([USER], more=True), Slice()))
    assert json.loads(b"".join(found)) == [5]


def test_a_list_whose_database_has_gone_has_no_end():
    with pytest.raises(StoreUnavailable):
        asyncio.run(_parts(Slice([USER], more=True), StoreUnavailable("gone")))


def test_a_reader_that_reads_no_more_is_left_and_no_more_is_read_for_it(monkeypatch, caplog):
    monkeypatch.setattr(exchanging, "Readers", lambda: Readers(0.3))
    fring, read = asyncio.run(_board(2)), 0
    page = Slice(asyncio.run(fring.tasks.list()) * 10_000, more=True)

    async def endless(*_):
        nonlocal read
        read += 1
        return page

    monkeypatch.setattr(fring.assignments, "tasks_of", endless)
    with (
        in_thread(create_app(fring)) as url,
        socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))) as client,
    ):
        client.settimeout(DEADLINE)
        client.sendall(b"GET /api/v1/users/1/tasks HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await_condition(lambda: "and no more" in caplog.text)
        then, found = read, b""
        while part := client.recv(2**20):
            found = part
    assert then <= read <= then + 1
    assert not found.endswith(b"0\r\n\r\n"), "it would pass for whole"
