"""Use cases on a store that fails: each is done once or not at all, whatever fails and when."""

from contextlib import suppress
from operator import attrgetter
from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st

from fring_adapters.memory import MemoryStore
from fring_core import (
    FringError,
    NewTask,
    NewUser,
    Side,
    StoreUnavailable,
    TaskChanges,
    TaskStatus,
    UserChanges,
    run_sync,
)
from fring_core.testing import FaultyStore, faults
from fring_core.testing.contract.examples import Undo
from fring_core.testing.snapshot import plain, snapshot
from tests.stores.faulty import BEFORE, INTERRUPTIONS, REPEATABLE, on

WRITES = {
    *("users.add", "users.change", "users.remove", "credentials.replace"),
    *("tasks.add", "tasks.change", "tasks.remove", "assignments.add", "assignments.remove"),
}


@attrs.frozen
class Together:
    """Use cases in a transaction, and whether it is to commit."""

    steps: list[tuple[Any, ...]]
    commits: bool


def one(use_case, *arguments):
    return st.tuples(st.just(use_case), *arguments)


ID = st.integers(1, 3)
PAIR = st.fixed_dictionaries({"user": ID, "task": ID, "first": st.sampled_from(Side)})
NAMES = st.sampled_from("abcdef")
STATUSES = st.sampled_from(TaskStatus)
USE_CASES = st.one_of(
    one("users.create", st.builds(NewUser, NAMES, NAMES.map("{}@e.o".format))),
    one("tasks.create", st.builds(NewTask, NAMES)),
    one("users.update", ID, st.builds(UserChanges, NAMES)),
    one("tasks.update", ID, st.builds(TaskChanges, NAMES)),
    one("tasks.set_status", ID, STATUSES),
    one("tasks.toggle", ID),
    one("assignments.add", PAIR),
    one("assignments.remove", PAIR),
    one("users.delete", ID),
    one("tasks.delete", ID),
    one("users.get_with_tasks", ID),
    one("tasks.list"),
)
TOGETHER = st.builds(
    Together, st.lists(USE_CASES, min_size=1, max_size=3), st.sampled_from([True, True, False])
)
STEPS = st.booleans().flatmap(lambda together: TOGETHER if together else USE_CASES)


async def start(store):
    """Add what there is at first."""
    for number in (1, 2):
        await on(store).users.create(NewUser(f"u{number}", f"u{number}@e.o"))
        await on(store).tasks.create(NewTask(f"t{number}"))
        await on(store).assignments.add(user=number, task=number)


async def result_of(step, store):
    """Return what a use case returned or raised; raise only what interrupted it."""
    name, *arguments = step
    use_case = attrgetter(name)(on(store))
    try:
        match arguments:
            case [dict() as named]:
                return plain(await use_case(**named))
            case _:
                return plain(await use_case(*arguments))
    except StoreUnavailable:
        raise
    except FringError as error:
        return type(error), error.args


async def make(step, store, twin, taken):
    """Make a step on a store that fails, and on its twin what must have come of it."""
    already = len(taken)
    try:
        result = await result_of(step, store)
    except INTERRUPTIONS:
        written = [fault for call, fault in taken[already:] if call in WRITES]
        assert len(written) <= 1, "what failed was tried again"
        if written and written[0] not in BEFORE:
            await result_of(step, twin)
        raise
    assert result == await result_of(step, twin)


async def make_together(block, store, twin, taken):
    """Make a block's steps in a transaction, on the twin too, which is to end as the store's must."""
    interruption = None
    async with twin.transaction() as inside_twin:
        done = False
        try:
            async with store.transaction() as inside:
                for step in block.steps:
                    await make(step, inside, inside_twin, taken)
                if not block.commits:
                    raise Undo
                done = True  # but for the commit
        except INTERRUPTIONS as interrupted:
            if not done or taken[-1][1] in BEFORE:
                raise
            interruption = interrupted
    if interruption is not None:
        raise interruption


@given(st.lists(st.tuples(STEPS, faults()), max_size=20))
@REPEATABLE
def test_whatever_fails_is_done_once_or_not_at_all(history):
    async def scenario():
        store, twin = MemoryStore(), MemoryStore()
        await start(store)
        await start(twin)
        for step, plan in history:
            faulty = FaultyStore(store, plan)
            with suppress(*INTERRUPTIONS, Undo):
                act = make_together if isinstance(step, Together) else make
                await act(step, faulty, twin, faulty.taken)
            assert await snapshot(store, [None]) == await snapshot(twin, [None])

    run_sync(scenario())
