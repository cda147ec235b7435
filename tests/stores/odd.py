"""Stores that keep every promise and look strange: what the kit must not take for a fault."""

from __future__ import annotations

import asyncio
import pickle
import random
from collections.abc import Sequence
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import attrs

from fring_adapters.memory import MemoryStore
from fring_core import Slice, TaskWithUsers, UserWithTasks
from fring_core.ids import MAX_CHOSEN_ID

LATE = 0.2  # seconds


async def nothing() -> None:
    """Be done at once."""


@attrs.frozen
class OddPort:
    port: Any
    before: Any
    shape: Any

    def __getattr__(self, method):
        async def call(*arguments, **options):
            await self.before()
            return self.shape(await getattr(self.port, method)(*arguments, **options))

        return call


class OddStore:
    """Be another store, but do something before each call and each commit, and shape results."""

    def __init__(self, store, *, before=nothing, shape=lambda result: result, commit=nothing):
        self._store = store
        self._odd = {"before": before, "shape": shape}
        self._commit = commit
        self.users = OddPort(store.users, before, shape)
        self.credentials = OddPort(store.credentials, before, shape)
        self.tasks = OddPort(store.tasks, before, shape)
        self.assignments = OddPort(store.assignments, before, shape)
        self.events = OddPort(store.events, before, shape)
        self.receipts = OddPort(store.receipts, before, shape)
        self.webhooks = OddPort(store.webhooks, before, shape)
        self.deliveries = OddPort(store.deliveries, before, shape)

    @asynccontextmanager
    async def transaction(self):
        async with self._store.transaction() as inside:
            yield OddStore(inside, **self._odd)  # whose end is no commit yet
            await self._commit()


def every_list(change):
    """Return a shape that changes every list of a result."""

    def shape(result):
        match result:
            case Slice():
                return Slice(change(list(result)), more=result.more)
            case list() if not any(isinstance(each, Exception) for each in result):
                return change(result)
            case UserWithTasks():
                return attrs.evolve(result, tasks=change(result.tasks))
            case TaskWithUsers():
                return attrs.evolve(result, users=change(result.users))
        return result

    return shape


class LazyRows(Sequence[Any]):
    """Hold rows as they were read, and make entities of them when these are asked for."""

    def __init__(self, rows):
        self._rows = [pickle.dumps(row) for row in rows]

    def __len__(self):
        return len(self._rows)

    def __getitem__(self, number):
        if isinstance(number, slice):
            return [pickle.loads(row) for row in self._rows[number]]
        return pickle.loads(self._rows[number])


def in_steps_of_seven(late=LATE):
    """Draw ids in steps of seven, and return tuples for lists.

    Calls overtake each other, as over several connections, and commits are late.
    """
    turns = random.Random(7)

    async def wait():
        for _ in range(1 + turns.randrange(4)):
            await asyncio.sleep(0)

    store = MemoryStore(user_ids=count(7, 7), task_ids=count(700, 7))
    shape = every_list(tuple)
    return OddStore(store, before=wait, shape=shape, commit=lambda: asyncio.sleep(late))


def in_no_order():
    """Draw ids that go down and up, as those of several servers do, and read rows when asked.

    Those of users are more than any caller may choose, those of tasks begin at the greatest.
    """
    users, tasks = (2**62 - (n ^ 5) for n in count()), (MAX_CHOSEN_ID - (n ^ 21) for n in count(21))
    return OddStore(MemoryStore(user_ids=users, task_ids=tasks), shape=every_list(LazyRows))
