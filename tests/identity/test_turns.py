"""Turns: each address, and each account of it, whoever has many waiting."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from fring_adapters.identity import turns
from fring_adapters.identity.turns import MOST_WAITING, Turns
from fring_core import StoreUnavailable

pytestmark = pytest.mark.anyio


class Line:
    """A turn that is taken, and those who wait, in the order in which they have theirs."""

    def __init__(self):
        self.turns, self.had, self.tasks = Turns(), [], []

    async def __aenter__(self):
        self._first = AsyncExitStack()
        await self._first.enter_async_context(self.turns.turn("", "busy"))
        return self

    async def wait(self, *whose):
        async def take(address, account):
            async with self.turns.turn(address, account):
                self.had.append((address, account))
                await asyncio.sleep(0)

        self.tasks += [asyncio.create_task(take(*each)) for each in whose]
        await asyncio.sleep(0)

    async def go(self):
        await self._first.aclose()
        async with asyncio.timeout(20):
            await asyncio.gather(*self.tasks, return_exceptions=True)
        return self.had

    async def __aexit__(self, *_):
        assert (self.turns._lines, self.turns._is_taken) == ({}, False)


async def test_each_address_has_its_turn_and_then_each_account_of_it():
    async with Line() as line:
        await line.wait(*(("flood", f"name {each % 3}") for each in range(9)), ("home", "ann"))
        await line.wait(("home", "bob"), ("home", "ann"))
        assert await line.go() == [
            ("flood", "name 0"), ("home", "ann"), ("flood", "name 1"), ("home", "bob"),
            ("flood", "name 2"), ("home", "ann"), ("flood", "name 0"), ("flood", "name 1"),
            ("flood", "name 2"), ("flood", "name 0"), ("flood", "name 1"), ("flood", "name 2"),
        ]  # fmt: skip


async def test_who_was_right_comes_first_and_who_was_wrong_last():
    async with Line() as line:
        line.turns.remember("here", "ann", right=True)
        line.turns.remember("here", "ann", right=False)  # anybody may try that
        line.turns.remember("here", "eve", right=False)
        await line.wait(("here", "eve"), ("here", "eve"), ("here", "new"), ("here", "ann"))
        line.turns.remember("here", "new", right=False)
        await line.wait(("here", "new"), ("there", "eve"))
        had = await line.go()
    assert [account for address, account in had if address == "here"] == [
        "ann", "new", "eve", "new", "eve",
    ]  # fmt: skip
    assert had[1] == ("there", "eve"), "what was wrong here says nothing of there"


async def test_only_who_has_too_many_waiting_is_refused():
    async with Line() as line:
        await line.wait(*[("flood", "name")] * MOST_WAITING)
        with pytest.raises(StoreUnavailable, match="of one account"):
            async with line.turns.turn("flood", "name"):
                pytest.fail("it had a turn")
        await line.wait(("flood", "other"), ("home", "name"))
        assert len(await line.go()) == MOST_WAITING + 2


async def test_who_gives_up_leaves_the_line():
    async with Line() as line:
        await line.wait(("a", "1"), ("a", "2"), ("a", "2"), ("b", "1"))
        for each in (0, 1, 3):
            line.tasks[each].cancel()
        await asyncio.sleep(0)
        assert await line.go() == [("a", "2")]


async def test_a_turn_that_comes_as_one_gives_up_is_passed_on():
    async with Line() as line:
        await line.wait(("a", "1"), ("a", "2"), ("a", "3"))
        line.tasks[1].cancel()  # it has not seen that yet
        await line._first.aclose()  # now the first has its turn, and does not know it
        line.tasks[0].cancel()
        assert await line.go() == [("a", "3")]


async def test_a_failure_ends_its_turn():
    line = Turns()
    for _ in range(2):
        with pytest.raises(ValueError, match="x"):
            async with line.turn("a", "1"):
                raise ValueError("x")


async def test_what_is_remembered_is_bounded_and_wrong_names_push_out_no_right_one(monkeypatch):
    monkeypatch.setattr(turns, "MOST_REMEMBERED", 3)
    line = Turns()
    line.remember("here", "ann", right=True)
    for each in range(10):
        line.remember("here", f"name {each}", right=False)
    assert len(line._wrong) == 3
    assert line._lane("here", "ann") == turns._KNOWN
    for each in range(10):
        line.remember("here", f"right {each}", right=True)
    assert len(line._right) == 3
