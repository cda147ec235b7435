"""Many tasks created or changed at once: all of them, or none."""

import re
from collections import UserList
from contextlib import asynccontextmanager

import pytest

from fring_adapters.memory import MemoryStore
from fring_core import (
    PERMISSIVE,
    STRICT,
    BlockingFring,
    Fring,
    IdTaken,
    InvalidInput,
    NewTask,
    TaskChanges,
    TaskNotFound,
    TaskStatus,
    TransactionConflict,
    TransitionRefused,
)
from fring_core.errors import Problem
from tests.core.examples import NOW, Ticking

MOST = 1000
TITLES = ["c", "a", "b"]
DONE = TaskChanges(status=TaskStatus.COMPLETED)


class Counting(MemoryStore):
    """Be a store that counts its transactions, the first of which come to nothing."""

    def __init__(self, lost=0):
        super().__init__()
        self.lost, self.begun = lost, 0

    @asynccontextmanager
    async def transaction(self):
        self.begun += 1
        async with super().transaction() as inner:
            yield inner
            if self.begun <= self.lost:
                raise TransactionConflict


def fring_on(store, **rules):
    return BlockingFring(Fring(store, clock=Ticking(), **rules))


@pytest.fixture
def fring():
    return fring_on(MemoryStore())


@pytest.mark.parametrize("owner", [None, "ann"])
def test_tasks_are_created_in_order(fring, owner):
    tasks = fring.tasks.create_many([*map(NewTask, TITLES)], owner=owner)
    assert [task.title for task in tasks] == TITLES
    assert {(task.created_at, task.owner, task.version) for task in tasks} == {(NOW, owner, 1)}
    assert list(fring.tasks.list(owner=owner)) == sorted(tasks, key=lambda task: task.id)


@pytest.mark.parametrize("taken", [[NewTask("1", id=7)], [NewTask("1", id=8), NewTask("2", id=8)]])
def test_one_id_that_is_taken_leaves_all_uncreated(fring, taken):
    before = fring.tasks.create(NewTask("before", id=7))
    with pytest.raises(IdTaken) as raised:
        fring.tasks.create_many([NewTask("new"), *taken])
    assert raised.value.id == taken[-1].id
    assert list(fring.tasks.list()) == [before]


@pytest.mark.parametrize("owner", [None, "ann"])
def test_tasks_are_changed_alike(fring, owner):
    tasks = fring.tasks.create_many([*map(NewTask, TITLES)], owner=owner)
    first, other, last = (task.id for task in tasks)
    changed = fring.tasks.update_many([last, first, last], TaskChanges(title="new"), owner=owner)
    assert [task.id for task in changed] == [last, first, last]
    assert [task.version for task in changed] == [2, 2, 3]
    assert {(task.title, task.created_at) for task in changed} == {("new", NOW)}
    assert len({task.updated_at for task in changed} - {NOW}) == 1, "the clock is read once"
    assert fring.tasks.get(last, owner=owner) == changed[2]
    assert fring.tasks.get(first, owner=owner) == changed[1]
    assert fring.tasks.get(other, owner=owner) == tasks[1]


@pytest.mark.parametrize("absent", [99, 2**63, -1, 0])
def test_one_task_that_is_absent_leaves_all_unchanged(fring, absent):
    [task] = fring.tasks.create_many([NewTask("task")])
    with pytest.raises(TaskNotFound) as raised:
        fring.tasks.update_many([task.id, absent], DONE)
    assert raised.value.task_id == absent
    assert fring.tasks.get(task.id).version == 1


def test_a_task_of_another_list_is_absent(fring):
    [task], [own] = (fring.tasks.create_many([NewTask("task")], owner=each) for each in (None, "a"))
    with pytest.raises(TaskNotFound) as raised:
        fring.tasks.update_many([own.id, task.id], DONE, owner="a")
    assert raised.value.task_id == task.id
    assert fring.tasks.get(own.id, owner="a").version == 1


@pytest.mark.parametrize("owner", [None, "ann"])
def test_one_change_of_status_that_is_refused_leaves_all_unchanged(owner):
    rules = {None: STRICT, "ann": PERMISSIVE}
    fring = fring_on(MemoryStore(), workflow=rules[owner], personal_workflow=STRICT)
    news = [NewTask("started", status=TaskStatus.IN_PROGRESS), NewTask("new")]
    started, new = fring.tasks.create_many(news, owner=owner)
    with pytest.raises(TransitionRefused, match="from 'todo' to 'completed'"):
        fring.tasks.update_many([started.id, new.id], DONE, owner=owner)
    assert [task.version for task in fring.tasks.list(owner=owner)] == [1, 1]
    assert fring.tasks.update_many([started.id], DONE, owner=owner)[0].status == "completed"


def test_the_first_error_is_raised(fring):
    fring.tasks.create_many([NewTask("1", id=1), NewTask("2", id=2)])
    with pytest.raises(IdTaken, match="Id 2 is taken"):
        fring.tasks.create_many([NewTask("2", id=2), NewTask("1", id=1)])
    with pytest.raises(TaskNotFound, match="Task 9 not found"):
        fring.tasks.update_many([9, 8], DONE)


def test_none_are_none(fring):
    assert list(fring.tasks.create_many([])) == []
    assert list(fring.tasks.update_many((), DONE)) == []


def test_a_thousand_at_most(fring):
    tasks = fring.tasks.create_many(UserList([NewTask("task")] * MOST))
    assert len(tasks) == MOST
    ids = [task.id for task in tasks]
    assert len(fring.tasks.update_many(tuple(ids), TaskChanges(title="new"))) == MOST
    for field, call in (
        ("new", lambda: fring.tasks.create_many([NewTask("task")] * (MOST + 1))),
        ("task_ids", lambda: fring.tasks.update_many([*ids, ids[0]], DONE)),
    ):
        with pytest.raises(InvalidInput) as raised:
            call()
        assert raised.value.problems == (Problem(field, "must be at most 1,000 at once"),)
    assert {task.version for task in fring.tasks.all()} == {2}


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda fring: fring.tasks.create_many([NewTask("a"), "b"]), "new: must be a NewTask"),
        (lambda fring: fring.tasks.create_many("ab"), "new: must be a NewTask"),
        (lambda fring: fring.tasks.create_many(each for each in "a"), "new: must be a Sequence"),
        (lambda fring: fring.tasks.update_many([1, "2"], DONE), "task_id: must be an integer"),
        (lambda fring: fring.tasks.update_many({1}, DONE), "task_ids: must be a Sequence"),
    ],
)
def test_what_is_none_of_its_kind(fring, call, said):
    fring.tasks.create(NewTask("before", id=1))
    with pytest.raises(InvalidInput, match=f"^{re.escape(said)}$"):
        call(fring)
    assert [task.version for task in fring.tasks.list()] == [1]


def test_inside_a_transaction_they_are_a_part_of_it(fring):
    [task] = fring.tasks.create_many([NewTask("task")])
    with pytest.raises(KeyError), fring.transaction() as inner:
        inner.tasks.create_many([NewTask("new")])
        with pytest.raises(TaskNotFound):
            inner.tasks.update_many([task.id, 99], DONE)
        assert inner.tasks.get(task.id).version == 1
        inner.tasks.update_many([task.id], DONE)
        raise KeyError
    assert list(fring.tasks.list()) == [task]
    assert fring.tasks.get(task.id).version == 1


def test_others_in_the_way_are_tried_again():
    store = Counting(lost=9)
    fring = fring_on(store)
    assert [task.title for task in fring.tasks.create_many([*map(NewTask, TITLES)])] == TITLES
    assert (store.begun, fring.tasks.count()) == (10, 3)
    store.lost = store.begun + 10
    with pytest.raises(TransactionConflict):
        fring.tasks.update_many([task.id for task in fring.tasks.list()], DONE)
    assert {task.version for task in fring.tasks.list()} == {1}
