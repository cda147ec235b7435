"""A Fring opens and closes its store, of whichever kind it is."""

import asyncio

import pytest

from fring_adapters import open_memory
from fring_adapters.memory import MemoryStore
from fring_core import BlockingFring, NewTask, NewUser


class Blocking(MemoryStore):
    """Tell what was called."""

    def __init__(self):
        super().__init__()
        self.calls = []

    def __enter__(self):
        self.calls.append("open")
        return self

    def __exit__(self, kind, error, traceback):
        self.calls.append((kind, error, traceback))


class Asynchronous(MemoryStore):
    """Tell what was awaited."""

    def __init__(self):
        super().__init__()
        self.calls = []

    async def __aenter__(self):
        self.calls.append("open")
        return self

    async def __aexit__(self, kind, error, traceback):
        self.calls.append((kind, error, traceback))


@pytest.mark.parametrize("kind", [Blocking, Asynchronous])
def test_open_and_close_are_the_ends_of_the_block(kind):
    async def in_a_block(fring):
        async with fring as opened:
            assert opened is fring

    async def without_one(fring):
        assert await fring.open() is fring
        await fring.close()

    for use in (in_a_block, without_one):
        store = kind()
        asyncio.run(use(open_memory().awaited.on(store)))
        assert store.calls == ["open", (None, None, None)]


def test_without_await_too():
    store = Blocking()
    with open_memory().on(store) as fring:
        assert isinstance(fring, BlockingFring)
    assert store.calls == ["open", (None, None, None)]


def test_a_store_that_needs_neither_goes_on():
    fring = open_memory().open()
    fring.close()
    ann = fring.users.create(NewUser("ann", "ann@example.org"))
    task = fring.tasks.create(NewTask("Water the plants"))
    fring.assignments.add(user=ann.id, task=task.id)
    assert fring.assignments.users_of(task.id) == [ann]
