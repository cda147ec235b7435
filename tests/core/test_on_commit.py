"""Who acts, and who is told of it when it is done: on the memory store."""

import logging
from contextvars import Context
from functools import partial
from typing import Any

import pytest

from fring_adapters.memory import MemoryStore
from fring_core import (
    BlockingFring,
    Fring,
    IdTaken,
    InvalidCursor,
    InvalidInput,
    NewTask,
    NewUser,
    Registration,
    Role,
    TaskChanges,
    TaskNotFound,
    TransactionConflict,
    UsernameTaken,
    run_sync,
)
from tests.core.account_world import ReadablePasswords, ReadableTokens
from tests.core.examples import ANN, BOB, Ticking, refused

CREATED, UPDATED, ASSIGNED = "task.created", "task.updated", "task.assigned"


class Undo(Exception):  # noqa: N818  # it reports nothing
    """Leave a transaction, so that it rolls back."""


class World:
    """Hold a Fring whose hook hears of each event, and sees by then what it tells of."""

    def __init__(self, **options):
        self.store = MemoryStore()
        self.heard = []
        accounts: Any = {"passwords": ReadablePasswords(), "issuer": ReadableTokens()}
        self.fring = Fring(
            self.store, clock=Ticking(), on_commit=self.hear, **accounts, **options
        ).acting_as("ann", request_id="7")
        self.plain = BlockingFring(self.fring)

    def hear(self, event):
        if event.task_id is not None and not event.type.endswith("deleted"):
            task = run_sync(self.store.tasks.get(event.task_id, event.owner))
            assert task is not None, "it is told before it is done"
            assert task.version >= event.version
        self.heard.append(event)

    @property
    def told(self):
        """Return the types of what was heard since this was last asked."""
        told, self.heard[:] = [str(event.type) for event in self.heard], []
        return told


@pytest.fixture
def world():
    return World()


def test_each_call_is_told_of(world):
    fring = world.plain
    fring.users.create(ANN)
    task = fring.tasks.create(NewTask("t"))
    fring.assignments.add(user=1, task=task.id)
    fring.tasks.toggle(task.id)
    fring.tasks.update(task.id, TaskChanges())
    fring.assignments.remove(user=1, task=task.id)
    assert [event.version for event in world.heard[1:]] == [1, 2, 3, 4, 5]
    assert len({event.cursor for event in world.heard}) == 6
    said = [CREATED, ASSIGNED, UPDATED, UPDATED, "task.unassigned"]
    assert world.told == ["user.created", *said]
    fring.tasks.delete(task.id)
    fring.users.delete(1)
    assert world.told == ["task.deleted", "user.deleted"]


def test_what_raises_is_not_told_of(world):
    world.plain.users.create(ANN)
    assert world.told == ["user.created"]
    refused(UsernameTaken, world.fring.users.create(NewUser("ann", "x@y.z")))
    refused(TaskNotFound, world.fring.tasks.delete(7))
    refused(IdTaken, world.fring.tasks.create_many([NewTask("a", id=1), NewTask("b", id=1)]))
    assert world.told == []


def test_many_are_told_of_when_all_is_done(world):
    ids = [task.id for task in world.plain.tasks.create_many([NewTask("a"), NewTask("b")])]
    assert world.told == [CREATED] * 2
    world.plain.tasks.update_many([*ids, ids[0]], TaskChanges("new"))
    assert [(event.task_id, event.version) for event in world.heard] == [(1, 2), (2, 2), (1, 3)]
    refused(TaskNotFound, world.fring.tasks.update_many([*ids, 9], TaskChanges("new")))
    assert len(world.told) == 3


def test_a_transaction_is_told_of_when_it_is_committed(world):
    with world.plain.transaction() as together:
        task = together.tasks.create(NewTask("a"))
        with together.transaction() as inner:
            inner.tasks.update(task.id, TaskChanges("b"))
            inner.tasks.create_many([NewTask("c"), NewTask("d")])
        together.tasks.toggle(task.id)
        assert world.heard == []
    assert [event.version for event in world.heard] == [1, 2, 1, 1, 3]
    assert world.told == [CREATED, UPDATED, CREATED, CREATED, UPDATED]


@pytest.mark.parametrize("depth", [0, 1])
def test_what_is_rolled_back_is_not_told_of(world, depth):
    def undo(fring, deeper):
        with pytest.raises(Undo), fring.transaction() as together:
            together.tasks.create(NewTask("never"))
            if deeper:
                undo(together, deeper - 1)
                with together.transaction() as inner:
                    inner.tasks.create(NewTask("never either"))
            raise Undo

    undo(world.plain, depth)
    assert world.told == []
    with world.plain.transaction() as together:
        together.tasks.create(NewTask("a"))
        undo(together, depth)
    assert world.told == [CREATED]


def test_a_commit_that_is_refused_is_not_told_of(world):
    task = world.plain.tasks.create(NewTask("a"))
    assert world.told == [CREATED]
    with pytest.raises(TransactionConflict), world.plain.transaction() as together:
        together.tasks.update(task.id, TaskChanges("mine"))
        with pytest.raises(RuntimeError):  # it is in the block
            world.plain.tasks.get(task.id)
        outside = Fring(world.store, clock=Ticking())
        _elsewhere(lambda: run_sync(outside.tasks.update(task.id, TaskChanges("theirs"))))
    assert world.told == []


def _elsewhere(call):
    """Make a call as somebody else, who is in no block."""
    Context().run(call)


def test_what_is_done_once_is_told_of_once(world):
    tries: list[None] = []

    def work(together):
        tries.append(None)
        task = together.tasks.create(NewTask("a"))
        if len(tries) == 1:
            raise TransactionConflict
        return task.id

    assert [world.plain.once("key", work) for _ in range(3)] == [2, 2, 2]
    assert [event.task_id for event in world.heard] == [2], "not of what was tried in vain"
    assert world.told == [CREATED]
    with world.plain.transaction() as together:
        together.once("another", lambda inner: inner.tasks.create(NewTask("b")).id)
        assert world.heard == []
    assert world.told == [CREATED]


def test_accounts_are_told_of(world):
    registration = Registration("eve", "eve@example.org", "correct horse")
    for role in (Role.MEMBER, Role.ADMIN):
        name = f"{role}".lower()
        asked = Registration(name, f"{name}@example.org", "correct horse")
        world.plain.account_admin.create(asked, role)
        assert "correct" not in repr(world.heard)
        assert world.told == ["user.created"]
    world.plain.accounts.register(registration)
    assert (world.heard[0].actor, world.heard[0].request_id) == ("ann", "7")
    assert world.told == ["user.created"]
    with pytest.raises(UsernameTaken):
        world.plain.account_admin.create(registration, Role.ADMIN)
    assert world.told == []


def test_accounts_name_who_acts(world):
    noted: list[str] = []
    own = world.plain.accounts.acting_as("eve", request_id="9", on_record=noted.append)
    own.register(Registration("ann", "ann@example.org", "correct horse"))
    [event] = world.heard
    assert (event.actor, event.request_id) == ("eve", "9")
    assert noted == [event.cursor]


def test_a_hook_that_fails_harms_nobody(caplog):
    heard = []

    def fail(event):
        heard.append(event)
        raise RuntimeError("no")

    fring = BlockingFring(Fring(MemoryStore(), clock=Ticking(), on_commit=fail))
    with caplog.at_level(logging.ERROR), fring.transaction() as together:
        together.tasks.create(NewTask("a"))
        together.tasks.create(NewTask("b"))
    assert [task.title for task in fring.tasks.list()] == ["a", "b"]
    assert len(heard) == 2
    assert [record.name for record in caplog.records] == ["fring.hooks"] * 2
    assert caplog.messages[0] == "A hook failed at task.created, version 1"
    assert caplog.records[0].exc_info is not None


def test_a_hook_that_is_to_end_the_process_does():
    def leave(_):
        raise KeyboardInterrupt

    fring = BlockingFring(Fring(MemoryStore(), clock=Ticking(), on_commit=leave))
    with pytest.raises(KeyboardInterrupt):
        fring.tasks.create(NewTask("a"))
    assert fring.tasks.count() == 1


def test_who_acts(world):
    bare = Fring(world.store, clock=Ticking(), on_commit=world.hear)
    for fring, expected in (
        (bare, (None, None)),
        (bare.acting_as("bob"), ("bob", None)),
        (bare.acting_as("bob", request_id="8"), ("bob", "8")),
        (bare.acting_as("bob", request_id="8").acting_as("eve"), ("eve", None)),
        (bare.acting_as("bob").acting_as(None), (None, None)),
        (world.fring.on(world.store), ("ann", "7")),
        (BlockingFring(bare).acting_as("bob", request_id="8").awaited, ("bob", "8")),
    ):
        run_sync(fring.tasks.create(NewTask("a")))
        with BlockingFring(fring).transaction() as together:
            together.tasks.create(NewTask("b"))
        BlockingFring(fring).once(
            repr(expected) + str(id(fring)), lambda f: f.tasks.create(NewTask("c")).id
        )
        assert {(event.actor, event.request_id) for event in world.heard} == {expected}
        assert world.told == [CREATED] * 3


def test_a_fring_acts_as_one_only(world):
    world.fring.acting_as("bob")
    world.plain.tasks.create(NewTask("a"))
    assert world.heard[0].actor == "ann"


@pytest.mark.parametrize("name", ["", "x" * 256, "a\0", "\ud800", 7])
def test_who_cannot_act(world, name):
    for field, call in (
        ("actor", partial(world.fring.acting_as, name)),
        ("request_id", partial(world.fring.acting_as, None, request_id=name)),
    ):
        with pytest.raises(InvalidInput) as raised:
            call()
        assert [problem.field for problem in raised.value.problems] == [field]
    with pytest.raises(InvalidInput) as raised:
        world.fring.acting_as(name, request_id=name)
    assert [problem.field for problem in raised.value.problems] == ["actor", "request_id"]


def test_a_subclass_stays_one():
    class Ours(Fring):
        pass

    ours = Ours(MemoryStore(), clock=Ticking())
    assert type(ours.acting_as("ann")) is Ours
    assert ours.acting_as("ann").users is not ours.users


def test_descriptions_are_left_out_where_they_are_to_be():
    world = World(event_text=False)
    task = world.plain.tasks.create(NewTask("title", "secret"))
    with world.plain.transaction() as together:
        together.tasks.update(task.id, TaskChanges(description="secret too"))
    assert "secret" not in repr(world.heard)
    assert world.heard[0].after["description"]["length"] == 6
    assert world.heard[1].after["description"]["length"] == 10
    assert "secret" not in repr([*world.plain.events.of_task(task.id)])


def test_the_events_of_a_task(world):
    fring = world.plain
    fring.users.create(BOB)
    task = fring.tasks.create(NewTask("t"), owner="ann")
    for title in "abc":
        fring.tasks.update(task.id, TaskChanges(title), owner="ann")
    assert fring.events.of_task(task.id, owner="ann") == world.heard[:0:-1]
    page = fring.events.of_task(task.id, owner="ann", limit=1)
    assert ([event.version for event in page], page.more) == ([4], True)
    page = fring.events.of_task(task.id, owner="ann", limit=3, before=page[0].cursor)
    assert ([event.version for event in page], page.more) == ([3, 2, 1], False)
    assert fring.events.of_task(task.id) == []
    assert fring.events.of_task(99) == []
    refused(InvalidCursor, world.fring.events.of_task(task.id, before=world.heard[0].cursor))
    refused(TaskNotFound, world.fring.events.of_task(0))
    for wrong in ({"limit": -1}, {"limit": 1001}, {"before": "\0"}, {"owner": ""}):
        refused(InvalidInput, world.fring.events.of_task(task.id, **wrong))
    with fring.transaction() as together:
        together.tasks.delete(task.id, owner="ann")
        assert together.events.of_task(task.id, owner="ann")[0].type == "task.deleted"
        assert fring.awaited is not together.awaited
