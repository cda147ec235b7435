"""What the kit says of stores that are wrong: it ends, and it shows why."""

import asyncio
import threading
from contextlib import asynccontextmanager, suppress

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from fring_adapters.memory import MemoryStore, MemoryUsers
from fring_core import Credential, UsernameTaken
from fring_core.testing import InThreads, StoreContract, StoreMachine
from fring_core.testing.contract.examples import add_user
from fring_core.testing.contract.overtaking import read_first
from fring_core.testing.recording import RecordedStore
from tests.stores.mutants.catalogue import MEMORY
from tests.stores.mutants.loading import load
from tests.stores.odd import OddStore
from tests.stores.unlocked import store_without_a_lock

pytestmark = pytest.mark.anyio

# What no clause can catch is not here: `assignments.remove` looks and takes in one step of the
# interpreter (`dict.pop`), so that it is whole without a lock.
RACES = [
    ("users", "add", "test_race_for_a_username"),
    ("users", "change", "test_race_to_rename"),
    ("users", "remove", "test_race_to_delete_a_user"),
    ("credentials", "replace", "test_race_to_replace_a_hash"),
    ("tasks", "add", "test_id_chosen_on_two_lists_has_one_winner"),
    ("tasks", "change", "test_race_of_saves_loses_none"),
    ("tasks", "remove", "test_race_to_delete_a_task"),
    ("assignments", "add", "test_race_to_assign"),
]


@pytest.fixture
def anyio_backend():
    return "asyncio"


class Contract(StoreContract):
    time_limit = 0.5


class OneConnection:
    """Make whoever calls wait until the transaction is over, itself included."""

    def __init__(self, lock):
        self._lock = lock

    async def take(self):
        if isinstance(self._lock, asyncio.Lock):
            await self._lock.acquire()
        else:
            self._lock.acquire()

    async def give_back(self):
        await self.take()
        self._lock.release()

    def store(self):
        store = OddStore(MemoryStore(), before=self.give_back)

        @asynccontextmanager
        async def transaction():
            await self.take()
            try:
                async with store._store.transaction() as inside:
                    yield inside
            finally:
                self._lock.release()

        store.transaction = transaction  # type: ignore[method-assign]  # this one alone
        return store


@pytest.mark.parametrize("lock", [asyncio.Lock, threading.Lock])
async def test_a_clause_ends(lock):
    store = OneConnection(lock()).store()
    with pytest.raises(pytest.fail.Exception, match="calls outside have to go on"):
        await Contract().test_transaction_does_not_undo_a_change(store, read_first)


async def test_a_clause_shows_what_the_store_did():
    contract = Contract()
    store = RecordedStore(OddStore(MemoryStore(), shape=lambda _: None), contract.log)
    with pytest.raises(AttributeError) as raised:
        await contract.test_task_get_with_users(store)
    shown = "\n".join(raised.value.__notes__)
    assert "Return the task with the users" in shown
    assert "users.add(NewUser(username='u4', email='u4@example.org', id=4)" in shown
    assert "returns None" in shown
    assert len(shown.splitlines()) < 40


async def test_a_clause_that_waits_for_an_error_shows_what_came_instead():
    class Careless(MemoryUsers):
        async def add(self, new, now, password_hash=None):
            with suppress(UsernameTaken):
                return await super().add(new, now, password_hash)

    contract, store = Contract(), MemoryStore()
    store.users = Careless(store.users._database)
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE") as raised:
        await contract.test_user_add_reports_the_first_conflict(
            RecordedStore(store, contract.log), "ann", "a@e.o", None, UsernameTaken("ann")
        )
    shown = "\n".join(raised.value.__notes__)
    assert "users.add(NewUser(" in shown
    assert "returns None" in shown


async def test_what_is_alike_is_shown_once():
    contract = Contract()
    store = RecordedStore(MemoryStore(), contract.log)
    user = await add_user(store, "ann", 1, "old")
    for _ in range(32):
        await store.credentials.replace(Credential(user, "old"), "new")
    shown = str(contract.log)
    assert shown.count("credentials.replace(") == 2
    assert "returns True\n" in shown
    assert shown.endswith("returns False (31 times)")
    for number in range(2, 70):
        await store.users.get(number)
    assert "(the last 10 of 101 calls):" in str(contract.log)


async def test_a_call_that_does_not_suspend_is_not_all_of_them():
    async def instant():
        return 1

    contract = Contract()
    with pytest.raises(AssertionError, match="put InThreads"):
        await contract.together(instant(), instant())
    store = RecordedStore(OddStore(MemoryStore(), before=lambda: asyncio.sleep(0)), contract.log)
    await store.users.get(1)
    assert await contract.together(instant(), instant()) == [1, 1]


@pytest.mark.parametrize(("port", "method", "clause"), RACES)
async def test_a_missing_lock_is_found(port, method, clause):
    for seed in range(0, 2000, 100):
        contract = type("Racing", (InThreads, StoreContract), {"seed": seed})()
        try:
            await getattr(contract, clause)(store_without_a_lock(port, method))
        except (AssertionError, KeyError, RuntimeError):
            return
    pytest.fail("it was never found")


def test_a_history_is_short_and_can_be_pasted():
    mutant = next(m for m in MEMORY if m.name == "a page has one row too many")

    class Machine(StoreMachine):
        def make_store(self):
            return load(mutant).MemoryStore()

        def make_oracle(self):
            return MemoryStore()

    quick = settings(
        deadline=None,
        derandomize=True,
        database=None,
        report_multiple_bugs=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    with pytest.raises(AssertionError, match="As a test:") as raised:
        run_state_machine_as_test(Machine, settings=quick)
    said, test = str(raised.value).split("As a test:")
    assert len(said.splitlines()) < 12
    names = {"Machine": Machine}
    exec(test, names)
    with pytest.raises(AssertionError, match="answers differently"):
        names["test_history"]()
