"""Calls that come together: one statement serves them, and each gets its own."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fring_adapters.clock import utc_now
from fring_adapters.postgres import PoolSettings, PostgresStore
from fring_adapters.postgres.wire import coalescing
from fring_core import (
    Fring,
    NewTask,
    NewUser,
    Page,
    TaskChanges,
    TaskFilter,
    TaskNotFound,
    TaskStatus,
    UserChanges,
    UsernameTaken,
)

pytestmark = pytest.mark.anyio
CALLERS = 32


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
async def fring(database_url, sql, sent, watch):
    async with Fring(PostgresStore(database_url, watch=watch), clock=utc_now) as fring:
        await fring.tasks.count()  # connected
        sent.clear()
        yield fring


async def together(*calls):
    return await asyncio.gather(*calls, return_exceptions=True)


async def test_calls_of_one_turn_are_one_statement_and_each_gets_its_own(fring, sent):
    made = await together(*(fring.tasks.create(NewTask(f"{n}")) for n in range(CALLERS)))
    assert sent == {"INSERT tasks": 2}  # the first one found nothing on its way
    assert [task.title for task in made] == [f"{n}" for n in range(CALLERS)]
    found = await together(*(fring.tasks.get(task.id) for task in reversed(made)))
    assert found == made[::-1]
    assert sent["SELECT tasks"] == 2


async def test_pages_go_together_and_each_is_in_its_order(fring, sent):
    made = await together(*(fring.tasks.create(NewTask(f"{n}")) for n in range(CALLERS)))
    made.sort(key=lambda task: task.id)
    sent.clear()
    pages = await together(*(fring.tasks.list(page=Page(skip, 3)) for skip in range(CALLERS)))
    assert sent == {"SELECT tasks": 2}
    assert [[*page] for page in pages] == [made[skip : skip + 3] for skip in range(CALLERS)]
    assert [page.more for page in pages] == [skip + 3 < CALLERS for skip in range(CALLERS)]


async def test_what_may_look_at_many_rows_goes_alone(fring, sent):
    title = TaskFilter(title="x")
    await together(*(fring.tasks.list(title) for _ in range(CALLERS)))
    await together(*(fring.tasks.list(page=Page(5000)) for _ in range(CALLERS)))
    await together(*(fring.tasks.count() for _ in range(CALLERS)))
    assert sent == {"SELECT tasks": 3 * CALLERS}


async def test_a_call_that_fails_fails_alone(fring):
    users = [NewUser(f"u{n % 30}", f"u{n}@example.org") for n in range(CALLERS)]
    made = await together(*map(fring.users.create, users))
    for n, user in enumerate(users):
        if n % 30 > 1:
            assert made[n].email == user.email
    for one, other in ((made[0], made[30]), (made[1], made[31])):
        assert [type(each) for each in (one, other)].count(UsernameTaken) == 1


async def test_a_statement_that_fails_for_one_is_sent_again_for_each(fring):
    made = await together(
        *(fring.users.create(NewUser(f"u{n}", f"u{n}@example.org")) for n in range(CALLERS))
    )
    names = ["u0" if n == 7 else f"new{n}" for n in range(CALLERS)]
    changed = await together(
        *(
            fring.users.update(user.id, UserChanges(username=name))
            for user, name in zip(made[1:], names[1:], strict=True)
        )
    )
    assert isinstance(changed.pop(6), UsernameTaken)
    assert [user.username for user in changed] == [*names[1:7], *names[8:]]


async def test_of_two_that_assign_the_same_one_does(fring):
    user = await fring.users.create(NewUser("ann", "ann@example.org"))
    task = await fring.tasks.create(NewTask("task"))
    for change in (fring.assignments.add, fring.assignments.remove):
        done = await together(*(change(user=user.id, task=task.id) for _ in range(CALLERS)))
        assert done.count(None) == 1


async def test_who_waits_for_a_lock_waits_alone(fring, sql):
    made = await together(*(fring.tasks.create(NewTask(f"{n}")) for n in range(CALLERS)))
    sql.execute("SELECT FROM tasks WHERE id = %s FOR UPDATE", [made[7].id])
    done = TaskChanges(status=TaskStatus.COMPLETED)
    changes = [asyncio.create_task(fring.tasks.update(task.id, done)) for task in made]
    finished, waiting = await asyncio.wait(changes, timeout=3)
    assert waiting == {changes[7]}
    assert all(change.result().status is TaskStatus.COMPLETED for change in finished)
    sql.rollback()
    assert (await changes[7]).version == 2


async def test_what_is_read_together_is_not_asked_again_however_long_it_takes(fring, sql, sent):
    made = await together(*(fring.tasks.create(NewTask(f"{n}")) for n in range(CALLERS)))
    sql.execute("LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE")
    sent.clear()
    reading = asyncio.create_task(together(*(fring.tasks.get(task.id) for task in made)))
    await asyncio.wait([reading], timeout=3 * coalescing.TOGETHER_SECONDS)
    assert not reading.done()
    sql.rollback()
    assert await reading == made
    assert sent == {"SELECT tasks": 2}


async def test_nothing_comes_of_who_is_cancelled_in_waiting_for_a_lock(fring, sql):
    made = await together(*(fring.tasks.create(NewTask(f"{n}")) for n in range(CALLERS)))
    sql.execute("SELECT FROM tasks WHERE id = %s FOR UPDATE", [made[7].id])
    new = TaskChanges(title="new")
    changes = [asyncio.create_task(fring.tasks.update(task.id, new)) for task in made]
    _, waiting = await asyncio.wait(changes, timeout=3)
    assert waiting == {changes[7]}
    changes[7].cancel()
    await asyncio.wait(waiting)
    sql.rollback()
    await asyncio.sleep(0.2)
    assert (await fring.tasks.get(made[7].id)).title == "7"


@pytest.mark.parametrize("turns", range(4))
async def test_who_is_cancelled_leaves_the_others_alone(fring, turns):
    calls = [asyncio.create_task(fring.tasks.create(NewTask(f"{n}"))) for n in range(CALLERS)]
    for _ in range(turns):
        await asyncio.sleep(0)
    left = calls[1::2]
    for call in left:
        call.cancel()
    results = await together(*calls)
    assert all(isinstance(each, asyncio.CancelledError) for each in results[1::2])
    titles = {task.title for task in await fring.tasks.list()}
    assert {task.title for task in results[::2]} <= titles
    await asyncio.sleep(0.1)  # nothing comes of a call that is over
    assert {task.title for task in await fring.tasks.list()} == titles


async def test_nothing_is_sent_for_calls_that_were_cancelled_before(fring, sent):
    first = asyncio.create_task(fring.tasks.create(NewTask("first")))
    await asyncio.sleep(0)
    late = [asyncio.create_task(fring.tasks.get(n)) for n in range(CALLERS)]
    await asyncio.sleep(0)
    for call in late:
        call.cancel()
    await together(first, *late)
    assert sent == {"INSERT tasks": 1}


async def test_stores_that_change_the_same_rows_in_any_order_do_not_fail(database_url, fring):
    made = await together(*(fring.tasks.create(NewTask(f"{n}")) for n in range(CALLERS)))

    async def change_all(other, order):
        for turn in range(10):
            changes = TaskChanges(title=f"{turn}")
            failed = await together(*(other.tasks.update(task.id, changes) for task in order))
            assert not [each for each in failed if isinstance(each, Exception)]

    async with Fring(PostgresStore(database_url), clock=utc_now) as other:
        await asyncio.gather(change_all(fring, made), change_all(other, made[::-1]))
    assert {(await fring.tasks.get(task.id)).version for task in made} == {21}


TASKS = 3
programs = st.lists(  # for each caller: a task, how many turns to wait, and whether to change it
    st.lists(
        st.tuples(st.integers(0, TASKS - 1), st.integers(0, 4), st.booleans()),
        min_size=1,
        max_size=8,
    ),
    min_size=2,
    max_size=12,
)


async def follow(fring, tasks, program, acknowledged):
    """Do what a program says; check that each call sees all that was acknowledged before it."""
    for number, turns, changes in program:
        for _ in range(turns):
            await asyncio.sleep(0)
        task, known = tasks[number], acknowledged[number]
        if changes:
            title = f"{known} by {id(program)}"
            found = await fring.tasks.update(task.id, TaskChanges(title=title))
            assert (found.title, found.version > known) == (title, True)
            acknowledged[number] = max(found.version, acknowledged[number])
        else:
            found = await fring.tasks.get(task.id)
            assert found.version >= known


@settings(max_examples=25, deadline=None)
@given(programs=programs)
def test_each_call_sees_what_was_acknowledged_before(database_url, programs):
    async def run():
        async with Fring(PostgresStore(database_url), clock=utc_now) as fring:
            tasks = [await fring.tasks.create(NewTask("task")) for _ in range(TASKS)]
            acknowledged = [1] * TASKS
            await asyncio.gather(*(follow(fring, tasks, each, acknowledged) for each in programs))
            for number, task in enumerate(tasks):
                changes = sum(n == number and is_change for p in programs for n, _, is_change in p)
                assert (await fring.tasks.get(task.id)).version == 1 + changes

    asyncio.run(run())


async def test_it_can_be_switched_off(database_url, sql, sent, watch):
    pool = PoolSettings(coalesce=False)
    async with Fring(PostgresStore(database_url, pool, watch=watch), clock=utc_now) as fring:
        await together(*(fring.tasks.get(n) for n in range(1, CALLERS + 1)))
    assert sent == {"SELECT tasks": CALLERS}


async def test_a_missing_one_is_missing_alone(fring):
    task = await fring.tasks.create(NewTask("task"))
    found = await together(*(fring.tasks.get(task.id + n % 2) for n in range(CALLERS)))
    assert found[::2] == [task] * (CALLERS // 2)
    assert all(isinstance(each, TaskNotFound) for each in found[1::2])


async def test_no_statement_serves_more_than_it_may(fring, sent):
    await together(*(fring.tasks.get(n) for n in range(1, 2 * coalescing.MOST + 2)))
    assert sent == {"SELECT tasks": 3}
