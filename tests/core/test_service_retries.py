"""Updates that lose rounds of compare-and-swap."""

from types import SimpleNamespace

import attrs
from fring_core.service import MAX_ROUNDS

from fring_adapters.memory import MemoryStore
from fring_core import (
    Fring,
    NewTask,
    StoreUnavailable,
    TaskChanges,
    TaskNotFound,
    TaskStatus,
    UserChanges,
    UserNotFound,
    run_sync,
)
from tests.core.examples import ANN, Ticking, refused


class Losing:
    """A repository on which the first saves come too late."""

    def __init__(self, repository, lost):
        self.repository = repository
        self.lost = lost
        self.saves = 0

    async def get(self, *arguments):
        return await self.repository.get(*arguments)

    async def save(self, entity):
        self.saves += 1
        return None if self.saves <= self.lost else await self.repository.save(entity)


def losing(lost):
    store = MemoryStore()
    fring = Fring(store, clock=Ticking())
    run_sync(fring.users.create(ANN))
    run_sync(fring.tasks.create(NewTask("title", id=1)))
    return SimpleNamespace(users=Losing(store.users, lost), tasks=Losing(store.tasks, lost))


def test_updates_try_again_until_they_win():
    store = losing(MAX_ROUNDS - 1)
    clock = Ticking()
    fring = Fring(store, clock=clock)
    assert run_sync(fring.users.update(1, UserChanges("eve"))).username == "eve"
    task = run_sync(fring.tasks.update(1, TaskChanges("new")))
    assert task.title == "new"
    assert task.updated_at == clock.now, "the last round's time"
    assert store.users.saves == store.tasks.saves == MAX_ROUNDS


def test_updates_give_up_when_nobody_wins():
    store = losing(MAX_ROUNDS)
    fring = Fring(store, clock=Ticking())
    for call in (
        fring.users.update(1, UserChanges("eve")),
        fring.tasks.update(1, TaskChanges("new")),
    ):
        (reason,) = refused(StoreUnavailable, call)
        assert f"changed under {MAX_ROUNDS} attempts" in reason
    assert store.users.saves == store.tasks.saves == MAX_ROUNDS
    again = losing(MAX_ROUNDS)
    refused(StoreUnavailable, Fring(again, clock=Ticking()).tasks.toggle(1))
    assert again.tasks.saves == MAX_ROUNDS


def test_a_toggle_is_of_the_task_as_it_is():
    class Overtaken(Losing):
        """The task is completed by whoever won."""

        async def save(self, entity):
            if self.saves == 0:
                task = await self.get(1, None)
                await self.repository.save(attrs.evolve(task, status=TaskStatus.COMPLETED))
            return await super().save(entity)

    tasks = Overtaken(losing(0).tasks.repository, 0)
    fring = Fring(SimpleNamespace(tasks=tasks), clock=Ticking())
    toggled = run_sync(fring.tasks.toggle(1))
    assert (toggled.status, toggled.version) == (TaskStatus.TODO, 3)


def test_an_update_reads_again_before_it_tries_again():
    class Vanishing(Losing):
        """The row is removed by whoever won."""

        def __init__(self, repository, *key):
            super().__init__(repository, 0)
            self.key = key

        async def save(self, entity):
            await self.repository.remove(*self.key)
            return await super().save(entity)

    store = losing(0)
    users = Vanishing(store.users.repository, 1)
    tasks = Vanishing(store.tasks.repository, 1, None)
    fring = Fring(SimpleNamespace(users=users, tasks=tasks), clock=Ticking())
    assert refused(UserNotFound, fring.users.update(1, UserChanges("eve"))) == (1,)
    assert refused(TaskNotFound, fring.tasks.update(1, TaskChanges("new"))) == (1,)
    assert users.saves == tasks.saves == 1
