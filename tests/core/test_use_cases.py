"""The use cases, on the memory store."""

from datetime import date, timedelta
from functools import partial

import pytest

from fring_adapters.memory import MemoryStore
from fring_core import (
    PERMISSIVE,
    STRICT,
    AlreadyAssigned,
    BlockingFring,
    EmailTaken,
    Fring,
    IdTaken,
    InvalidInput,
    NewTask,
    NewUser,
    NotAssigned,
    Page,
    Place,
    Side,
    Task,
    TaskChanges,
    TaskFilter,
    TaskNotFound,
    TaskOrder,
    TaskStatus,
    TransitionRefused,
    User,
    UserChanges,
    UserFilter,
    UsernameTaken,
    UserNotFound,
    run_sync,
)
from tests.core.examples import ANN, BOB, NOW, Ticking, refused


@pytest.fixture
def fring():
    return Fring(MemoryStore(), clock=Ticking())


def test_users(fring):
    ann = run_sync(fring.users.create(ANN))
    assert ann == User(1, "ann", "ann@example.org", NOW)
    bob = run_sync(fring.users.create(BOB))
    assert run_sync(fring.users.list()) == [ann, bob]
    assert run_sync(fring.users.list(UserFilter("b"))) == [bob]
    assert run_sync(fring.users.list(page=Page(1, 1))) == [bob]
    changed = run_sync(fring.users.update(1, UserChanges(username="eve")))
    assert changed == User(1, "eve", "ann@example.org", NOW)
    assert run_sync(fring.users.get_with_tasks(1)).user == changed
    run_sync(fring.users.delete(1))
    assert run_sync(fring.users.list()) == [bob]


def test_users_refused(fring):
    run_sync(fring.users.create(ANN))
    run_sync(fring.users.create(BOB))
    assert refused(UsernameTaken, fring.users.create(ANN)) == ("ann",)
    assert refused(EmailTaken, fring.users.create(NewUser("x", ANN.email))) == (ANN.email,)
    assert refused(IdTaken, fring.users.create(NewUser("x", "x@y.z", 1))) == (1,)
    assert refused(UsernameTaken, fring.users.update(1, UserChanges("bob"))) == ("bob",)
    assert refused(EmailTaken, fring.users.update(1, UserChanges(email=BOB.email))) == (BOB.email,)
    for call in (
        fring.users.get_with_tasks(3),
        fring.users.update(3, UserChanges("ann")),
        fring.users.delete(3),
        fring.assignments.tasks_of(3),
    ):
        assert refused(UserNotFound, call) == (3,)


@pytest.mark.parametrize("owner", [None, "ann"])
def test_tasks(fring, owner):
    new = NewTask("title", "why", TaskStatus.TODO, date(2024, 3, 1), 5)
    task = run_sync(fring.tasks.create(new, owner=owner))
    assert task == Task(
        5, "title", "why", TaskStatus.TODO, NOW, NOW, owner, due_date=date(2024, 3, 1)
    )
    other = run_sync(fring.tasks.create(NewTask("other", status="canceled", id=9), owner=owner))
    assert run_sync(fring.tasks.list(owner=owner)) == sorted(
        [task, other], key=lambda task: task.id
    )
    assert run_sync(fring.tasks.list(TaskFilter("canceled"), owner=owner)) == [other]
    assert run_sync(fring.tasks.list(page=Page(0, 0), owner=owner)) == []
    found = run_sync(fring.tasks.get_with_users(5, owner=owner))
    assert (found.task, list(found.users)) == (task, [])
    changed = run_sync(fring.tasks.update(5, TaskChanges(description=None), owner=owner))
    assert (changed.description, changed.updated_at) == (None, NOW + timedelta(seconds=2))
    started = run_sync(fring.tasks.set_status(5, TaskStatus.COMPLETED, owner=owner))
    assert (started.status, started.version) == (TaskStatus.COMPLETED, 3)
    toggled = run_sync(fring.tasks.toggle(5, owner=owner))
    assert (toggled.status, toggled.version) == (TaskStatus.TODO, 4)
    assert toggled.updated_at == NOW + timedelta(seconds=4)
    newest = run_sync(fring.tasks.list(owner=owner, order=TaskOrder.NEWEST_FIRST))
    assert newest == [other, toggled]
    run_sync(fring.tasks.delete(5, owner=owner))
    assert run_sync(fring.tasks.list(owner=owner)) == [other]


@pytest.mark.parametrize(("owner", "asking"), [(None, "ann"), ("ann", None), ("ann", "Ann")])
def test_tasks_of_other_lists_are_not_found(fring, owner, asking):
    task = run_sync(fring.tasks.create(NewTask("title"), owner=owner))
    for call in (
        fring.tasks.get_with_users(task.id, owner=asking),
        fring.tasks.update(task.id, TaskChanges(), owner=asking),
        fring.tasks.set_status(task.id, TaskStatus.TODO, owner=asking),
        fring.tasks.toggle(task.id, owner=asking),
        fring.tasks.delete(task.id, owner=asking),
    ):
        assert refused(TaskNotFound, call) == (task.id,)
    assert run_sync(fring.tasks.get_with_users(task.id, owner=owner)).task == task


def test_workflow():
    fring = Fring(MemoryStore(), clock=Ticking(), workflow=STRICT)
    task = run_sync(fring.tasks.create(NewTask("title")))
    moves = ("todo", "completed")
    completed = TaskChanges(status=TaskStatus.COMPLETED)
    assert refused(TransitionRefused, fring.tasks.update(task.id, completed)) == moves
    assert (
        refused(TransitionRefused, fring.tasks.set_status(task.id, TaskStatus.COMPLETED)) == moves
    )
    assert refused(TransitionRefused, fring.tasks.toggle(task.id)) == moves
    run_sync(fring.tasks.set_status(task.id, TaskStatus.IN_PROGRESS))
    run_sync(fring.tasks.set_status(task.id, TaskStatus.COMPLETED))


def test_personal_lists_may_have_a_workflow_of_their_own():
    def begun(**workflows):
        fring = Fring(MemoryStore(), clock=Ticking(), **workflows)
        run_sync(fring.tasks.create(NewTask("own", id=1), owner="ann"))
        run_sync(fring.tasks.create(NewTask("shared", id=2)))
        return fring

    async def toggle_in_transaction(fring, *which, **owner):
        async with fring.transaction() as inner:
            return await inner.tasks.toggle(*which, **owner)

    easy = begun(workflow=STRICT, personal_workflow=PERMISSIVE)
    assert run_sync(easy.tasks.toggle(1, owner="ann")).status is TaskStatus.COMPLETED
    assert run_sync(easy.tasks.toggle(1, owner="ann")).status is TaskStatus.TODO
    toggled = run_sync(toggle_in_transaction(easy, 1, owner="ann"))
    assert toggled.status is TaskStatus.COMPLETED
    refused(TransitionRefused, easy.tasks.toggle(2))
    refused(TransitionRefused, toggle_in_transaction(easy, 2))
    hard = begun(personal_workflow=STRICT)
    refused(TransitionRefused, hard.tasks.set_status(1, TaskStatus.COMPLETED, owner="ann"))
    assert run_sync(hard.tasks.toggle(2)).status is TaskStatus.COMPLETED
    refused(TransitionRefused, begun(workflow=STRICT).tasks.toggle(1, owner="ann"))


@pytest.mark.parametrize("first", Side)
def test_assignments(fring, first):
    ann = run_sync(fring.users.create(ANN))
    task = run_sync(fring.tasks.create(NewTask("title", id=9)))
    add = partial(fring.assignments.add, user=1, task=9, first=first)
    remove = partial(fring.assignments.remove, user=1, task=9, first=first)
    assert refused(NotAssigned, remove()) == (1, 9)
    run_sync(add())
    assert run_sync(fring.assignments.tasks_of(1)) == [task]
    assert run_sync(fring.assignments.tasks_of(1, TaskStatus.COMPLETED)) == []
    assert run_sync(fring.assignments.users_of(9)) == [ann]
    assert list(run_sync(fring.users.get_with_tasks(1)).tasks) == [task]
    assert list(run_sync(fring.tasks.get_with_users(9)).users) == [ann]
    assert refused(AlreadyAssigned, add()) == (1, 9)
    run_sync(remove())
    assert run_sync(fring.assignments.users_of(9)) == []


@pytest.mark.parametrize("nobody", [3, 0, 2**63])
@pytest.mark.parametrize("nothing", [8, -1, 2**64])
def test_assignments_refused(fring, nobody, nothing):
    run_sync(fring.users.create(ANN))
    run_sync(fring.tasks.create(NewTask("title", id=9)))
    for change in (fring.assignments.add, fring.assignments.remove):
        for first in Side:
            assert refused(UserNotFound, change(user=nobody, task=9, first=first)) == (nobody,)
            assert refused(TaskNotFound, change(user=1, task=nothing, first=first)) == (nothing,)
        assert refused(UserNotFound, change(user=nobody, task=nothing)) == (nobody,)
        from_the_task = change(user=nobody, task=nothing, first=Side.TASK)
        assert refused(TaskNotFound, from_the_task) == (nothing,)
    assert refused(TaskNotFound, fring.assignments.users_of(nothing)) == (nothing,)
    assert refused(UserNotFound, fring.assignments.tasks_of(nobody)) == (nobody,)


def test_lists_tell_whether_there_is_more(fring):
    assert run_sync(fring.tasks.list()).more is False
    tasks = [run_sync(fring.tasks.create(NewTask(f"t{n}"))) for n in range(3)]
    users = [run_sync(fring.users.create(NewUser(f"u{n}", f"u{n}@example.org"))) for n in range(3)]
    for noun, created in ((fring.tasks, tasks), (fring.users, users)):
        for limit, more in ((0, True), (2, True), (3, False), (1000, False)):
            page = run_sync(noun.list(page=Page(limit=limit)))
            assert page == created[:limit]
            assert page.more is more
        assert run_sync(noun.list(page=Page(skip=1, limit=2))).more is False
        assert run_sync(noun.list(page=Page(after=Place.of(created[0])))) == created[1:]
        assert run_sync(noun.count()) == 3


def test_all_goes_through_every_page(fring, monkeypatch):
    monkeypatch.setattr("fring_core.paging.MAX_LIMIT", 2)
    tasks = BlockingFring(fring).tasks
    created = [tasks.create(NewTask(f"t{n}"), owner="ann") for n in range(5)]
    assert list(tasks.all(owner="ann")) == created
    assert list(tasks.all(TaskFilter(title="3"), owner="ann")) == [created[3]]
    for task in tasks.all(owner="ann"):
        tasks.delete(task.id, owner="ann")
    assert tasks.count(owner="ann") == 0, "what is deleted on the way moves nothing"
    users = BlockingFring(fring).users
    named = [users.create(NewUser(f"u{n}", f"u{n}@example.org")) for n in range(5)]
    assert list(users.all()) == named


def test_after_is_a_place_in_the_order(fring):
    page = Page(after=Place(1))
    (problems,) = refused(InvalidInput, fring.tasks.list(page=page, order=TaskOrder.BY_TITLE))
    assert [problem.field for problem in problems] == ["after"]


def test_find_takes_a_whole_name(fring):
    ann = run_sync(fring.users.create(ANN))
    assert run_sync(fring.users.find(username=ann.username)) == ann
    assert run_sync(fring.users.find(email=ann.email)) == ann
    assert run_sync(fring.users.find(username=ann.username[:-1])) is None
    for wrong in ({}, {"username": "ann", "email": "ann@example.org"}, {"email": "\0"}):
        refused(InvalidInput, fring.users.find(**wrong))


def test_a_row_alone(fring):
    ann, task = run_sync(fring.users.create(ANN)), run_sync(fring.tasks.create(NewTask("title")))
    assert run_sync(fring.users.get(ann.id)) == ann
    assert run_sync(fring.tasks.get(task.id)) == task
    for nothing in (9, 0, 2**63):
        assert refused(UserNotFound, fring.users.get(nothing)) == (nothing,)
        assert refused(TaskNotFound, fring.tasks.get(nothing)) == (nothing,)
    assert refused(TaskNotFound, fring.tasks.get(task.id, owner="ann")) == (task.id,)


def test_a_subclass_stays_one_in_a_transaction():
    class Ours(Fring):
        def __init__(self, store):
            super().__init__(store, clock=Ticking())
            self.ours = "ours"

    async def block():
        async with Ours(MemoryStore()).transaction() as inner:
            return type(inner), inner.ours

    assert run_sync(block()) == (Ours, "ours")


def test_a_transaction_keeps_clock_and_workflow():
    fring = Fring(MemoryStore(), clock=Ticking(), workflow=STRICT)

    async def block():
        async with fring.transaction() as inner:
            task = await inner.tasks.create(NewTask("title", id=9))
            assert task.created_at == NOW
            with pytest.raises(TransitionRefused):
                await inner.tasks.set_status(9, TaskStatus.COMPLETED)
            with pytest.raises(RuntimeError, match="that the block was given"):
                await fring.tasks.get_with_users(9)

    run_sync(block())
    assert run_sync(fring.tasks.get_with_users(9)).task.status is TaskStatus.TODO


def test_a_transaction_that_raises_leaves_nothing(fring):
    async def block():
        async with fring.transaction() as inner:
            await inner.users.create(ANN)
            await inner.users.delete(3)

    assert refused(UserNotFound, block()) == (3,)
    assert run_sync(fring.users.list()) == []
