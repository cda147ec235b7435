"""Changes that expect a version: a row that has another is spared."""

import pytest

from fring_adapters.memory import MemoryStore
from fring_core import (
    STRICT,
    BlockingFring,
    EmailTaken,
    Fring,
    NewTask,
    TaskChanges,
    TaskNotFound,
    TaskStatus,
    TransitionRefused,
    UserChanges,
    UserNotFound,
    VersionConflict,
    run_sync,
)
from fring_core.versions import expected
from tests.core.examples import ANN, BOB, Ticking, refused

# Both are at version 2.
SHARED, OWN = 1, 2
TO_TASKS = {
    "update": lambda tasks, task, **its: tasks.update(task, TaskChanges("new"), **its),
    "set_status": lambda tasks, task, **its: tasks.set_status(task, TaskStatus.CANCELED, **its),
    "toggle": lambda tasks, task, **its: tasks.toggle(task, **its),
    "delete": lambda tasks, task, **its: tasks.delete(task, **its),
}
CHANGES = {
    "update of a user": lambda fring, **its: fring.users.update(1, UserChanges("eve"), **its),
    "delete of a user": lambda fring, **its: fring.users.delete(1, **its),
    **{
        f"{name} of a task of {owner}": lambda fring, call=call, task=task, owner=owner, **its: (
            call(fring.tasks, task, owner=owner, **its)
        )
        for name, call in TO_TASKS.items()
        for task, owner in ((SHARED, None), (OWN, "ann"))
    },
}
every_change = pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)


@pytest.fixture
def fring():
    fring = Fring(MemoryStore(), clock=Ticking())
    run_sync(fring.users.create(ANN))
    run_sync(fring.users.update(1, UserChanges(email="ann@new.example")))
    for task, owner in ((SHARED, None), (OWN, "ann")):
        run_sync(fring.tasks.create(NewTask("task"), owner=owner))
        run_sync(fring.tasks.update(task, TaskChanges(), owner=owner))
    return fring


def everything(fring):
    return [
        (row, row.version)
        for rows in (
            run_sync(fring.users.list()),
            run_sync(fring.tasks.list()),
            run_sync(fring.tasks.list(owner="ann")),
        )
        for row in rows
    ]


@every_change
@pytest.mark.parametrize("version", [1, 3, 0, -1, 2**63, 10**30])
def test_another_version_is_refused(fring, change, version):
    before = everything(fring)
    assert refused(VersionConflict, change(fring, version=version)) == (2,)
    assert everything(fring) == before


@every_change
@pytest.mark.parametrize("version", [2, None])
def test_this_version_or_any_is_changed(fring, change, version):
    changed = run_sync(change(fring, version=version))
    if changed is None:
        assert len(everything(fring)) == 2
    else:
        assert changed.version == 3
        assert (changed, 3) in everything(fring)


@every_change
def test_without_an_event_loop_it_is_the_same(fring, change):
    blocking = BlockingFring(fring)
    with pytest.raises(VersionConflict) as raised:
        change(blocking, version=1)
    assert raised.value.version == 2
    change(blocking, version=2)


@every_change
def test_in_a_transaction_it_is_what_was_done_there(fring, change):
    with BlockingFring(fring).transaction() as inner:
        inner.users.update(1, UserChanges("adam"))
        for task, owner in ((SHARED, None), (OWN, "ann")):
            inner.tasks.toggle(task, owner=owner)
        with pytest.raises(VersionConflict):
            change(inner, version=2)
        change(inner, version=3)


@every_change
def test_what_is_not_there_is_not_found(fring, change):
    empty = Fring(MemoryStore(), clock=Ticking())
    for version in (None, 2):
        with pytest.raises((UserNotFound, TaskNotFound)):
            run_sync(change(empty, version=version))


def test_the_version_is_looked_at_before_other_rules(fring):
    run_sync(fring.users.create(BOB))
    taken = UserChanges(email=BOB.email)
    assert refused(VersionConflict, fring.users.update(1, taken, version=1)) == (2,)
    assert refused(EmailTaken, fring.users.update(1, taken, version=2)) == (BOB.email,)
    strict = Fring(MemoryStore(), clock=Ticking(), workflow=STRICT)
    run_sync(strict.tasks.create(NewTask("task")))
    move = TaskStatus.COMPLETED
    assert refused(VersionConflict, strict.tasks.set_status(1, move, version=2)) == (1,)
    assert refused(TransitionRefused, strict.tasks.set_status(1, move, version=1))


@pytest.mark.parametrize(
    "changes", [UserChanges(), UserChanges("ann"), UserChanges("ann", "ann@new.example")]
)
def test_a_user_that_is_as_it_was_has_its_version_still(fring, changes):
    same = run_sync(fring.users.update(1, changes))
    assert (same, same.version) == (run_sync(fring.users.get(1)), 2)
    assert run_sync(fring.users.get(1)).version == 2
    assert run_sync(fring.users.update(1, changes, version=2)).version == 2
    assert refused(VersionConflict, fring.users.update(1, changes, version=1)) == (2,)


def test_a_task_is_touched_by_every_change(fring):
    for version in (3, 4):
        assert run_sync(fring.tasks.update(SHARED, TaskChanges())).version == version


@pytest.mark.parametrize("changes", [{}, {"title": "task"}, {"status": "todo"}])
def test_a_task_may_be_left_alone_that_is_as_it_was(fring, changes):
    before = run_sync(fring.tasks.get(SHARED))
    changes = {name: getattr(before, name) for name in changes}

    def update(**options):
        return fring.tasks.update(SHARED, TaskChanges(**changes), touch=False, **options)

    same = run_sync(update())
    assert (same, same.version) == (before, before.version)
    found = run_sync(fring.tasks.get(SHARED))
    assert (found, found.version) == (before, before.version)
    assert run_sync(update(version=before.version)).version == before.version
    assert refused(VersionConflict, update(version=before.version + 1)) == (before.version,)
    other = TaskChanges(title="another one")
    changed = run_sync(fring.tasks.update(SHARED, other, touch=False))
    assert (changed.title, changed.version) == ("another one", before.version + 1)


def test_which_versions_a_store_is_asked_for():
    asked = [expected(version) for version in (None, 1, 7, 2**63 - 1, 0, -1, 2**63)]
    assert asked == [None, 1, 7, 2**63 - 1, 0, 0, 0]
