"""The use cases, on the memory store."""

from datetime import date, timedelta

import pytest

from fring_adapters.memory import MemoryStore
from fring_core import (
    PERMISSIVE,
    STRICT,
    AlreadyAssigned,
    EmailTaken,
    Fring,
    IdTaken,
    NewTask,
    NewUser,
    NotAssigned,
    Page,
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


@pytest.mark.parametrize("side", ["user", "task"])
def test_assignments(fring, side):
    ann = run_sync(fring.users.create(ANN))
    task = run_sync(fring.tasks.create(NewTask("title", id=9)))
    if side == "user":
        assign, unassign, pair = fring.assign_task, fring.unassign_task, (1, 9)
    else:
        assign, unassign, pair = fring.assign_user, fring.unassign_user, (9, 1)
    assert refused(NotAssigned, unassign(*pair)) == (1, 9)
    run_sync(assign(*pair))
    assert run_sync(fring.assignments.tasks_of(1)) == [task]
    assert run_sync(fring.assignments.tasks_of(1, TaskStatus.COMPLETED)) == []
    assert run_sync(fring.assignments.users_of(9)) == [ann]
    assert list(run_sync(fring.users.get_with_tasks(1)).tasks) == [task]
    assert list(run_sync(fring.tasks.get_with_users(9)).users) == [ann]
    assert refused(AlreadyAssigned, assign(*pair)) == (1, 9)
    run_sync(unassign(*pair))
    assert run_sync(fring.assignments.users_of(9)) == []


def test_assignments_refused(fring):
    run_sync(fring.users.create(ANN))
    run_sync(fring.tasks.create(NewTask("title", id=9)))
    for assign in (fring.assign_task, fring.unassign_task):
        assert refused(UserNotFound, assign(3, 8)) == (3,)
        assert refused(UserNotFound, assign(3, 9)) == (3,)
        assert refused(TaskNotFound, assign(1, 8)) == (8,)
    for assign in (fring.assign_user, fring.unassign_user):
        assert refused(TaskNotFound, assign(8, 3)) == (8,)
        assert refused(UserNotFound, assign(9, 3)) == (3,)
        assert refused(TaskNotFound, assign(8, 1)) == (8,)
    assert refused(TaskNotFound, fring.assignments.users_of(8)) == (8,)


def test_a_transaction_keeps_clock_and_workflow():
    fring = Fring(MemoryStore(), clock=Ticking(), workflow=STRICT)

    async def block():
        async with fring.transaction() as inner:
            task = await inner.tasks.create(NewTask("title", id=9))
            assert task.created_at == NOW
            with pytest.raises(TransitionRefused):
                await inner.tasks.set_status(9, TaskStatus.COMPLETED)
            with pytest.raises(TaskNotFound):
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
