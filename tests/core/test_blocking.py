"""Fring without `await`: the same use cases, and none missing."""

import inspect
from typing import Any

import pytest

from fring_adapters import open_memory
from fring_adapters.clock import utc_now
from fring_adapters.identity import BlockingArgon2Passwords, SecretTokens
from fring_adapters.memory import MemoryStore
from fring_core import (
    AccountAdmin,
    Accounts,
    AssignmentUseCases,
    BlockingFring,
    Fring,
    Login,
    NewTask,
    NewUser,
    Registration,
    Role,
    TaskNotFound,
    TaskUseCases,
    TransactionConflict,
    UserUseCases,
    blocking,
    run_sync,
)

NOUNS = {
    blocking.BlockingUsers: UserUseCases,
    blocking.BlockingTasks: TaskUseCases,
    blocking.BlockingAssignments: AssignmentUseCases,
    blocking.BlockingAccounts: Accounts,
    blocking.BlockingAccountAdmin: AccountAdmin,
}


def methods(kind):
    # What a mutated copy of a class has besides is not ASCII.
    return {
        name: inspect.signature(method, eval_str=False)
        for name, method in vars(kind).items()
        if inspect.isfunction(method) and name.isascii() and not name.startswith("_")
    }


@pytest.mark.parametrize(("plain", "awaited"), NOUNS.items())
def test_no_use_case_is_missing(plain, awaited):
    expected = methods(awaited)
    expected.pop("checking", None)  # it is no use case, and awaits nothing
    assert methods(plain) == expected
    for name in expected:
        assert getattr(plain, name).__doc__ == getattr(awaited, name).__doc__


def test_fring_has_the_same_nouns():
    def public(names):
        return {name for name in names if name.isascii() and not name.startswith("_")}

    own = {*vars(open_memory()), *dir(BlockingFring)} - {"awaited"}
    assert public(own) == public({*dir(Fring), *Fring.__annotations__})


def test_a_transaction_comes_about_or_not():
    with open_memory() as fring:
        with fring.transaction() as together:
            task = together.tasks.create(NewTask("kept"))
            assert type(together) is BlockingFring
            with pytest.raises(RuntimeError, match="that the block was given"):
                fring.tasks.list()
        with pytest.raises(KeyError, match="left"), fring.transaction() as together:
            together.tasks.delete(task.id)
            raise KeyError("left")
        assert fring.tasks.get(task.id) == task


def test_a_conflict_is_raised_at_the_end_of_the_block():
    class Conflicting(MemoryStore):
        def transaction(self):
            return conflict()

    class conflict:  # noqa: N801  # it stands for a function
        async def __aenter__(self):
            return MemoryStore()

        async def __aexit__(self, *_):
            raise TransactionConflict

    fring = BlockingFring(Fring(Conflicting(), clock=utc_now))
    with pytest.raises(TransactionConflict), fring.transaction():
        pass
    with pytest.raises(TransactionConflict) as raised, fring.transaction():
        raise KeyError
    assert isinstance(raised.value.__context__, KeyError)


def test_what_is_left_early_goes_on_no_further():
    with open_memory() as fring:
        for n in range(3):
            fring.tasks.create(NewTask(f"t{n}"))
        tasks: Any = fring.tasks.all()
        assert next(tasks).title == "t0"
        tasks.close()
        assert [task.title for task in fring.tasks.all()] == ["t0", "t1", "t2"]
        with pytest.raises(TaskNotFound):
            fring.tasks.get(7)


def test_a_store_is_opened_and_closed_if_it_has_to_be():
    class Opened(MemoryStore):
        said: tuple[str, ...] = ()

        def __enter__(self):
            self.said += ("opened",)

        def __exit__(self, *_):
            self.said += ("closed",)

    class OpenedInALoop(Opened):
        async def __aenter__(self):
            self.said += ("opened in a loop",)

        async def __aexit__(self, *_):
            self.said += ("closed in a loop",)

    store = Opened()
    with BlockingFring(Fring(store, clock=utc_now)) as fring:
        assert fring.tasks.list() == []
    assert store.said == ("opened", "closed")
    other = OpenedInALoop()

    async def use():
        async with Fring(other, clock=utc_now) as fring:
            assert await fring.tasks.list() == []

    run_sync(use())
    assert other.said == ("opened in a loop", "closed in a loop")
    memory = open_memory().open()
    memory.close()
    assert memory.users.create(NewUser("ann", "ann@example.org")).id == 1, "it has no end"


def test_accounts_without_a_loop():
    tokens = SecretTokens("a secret that is long enough for this")
    fring = BlockingFring(
        Fring(MemoryStore(), clock=utc_now, passwords=BlockingArgon2Passwords(), issuer=tokens)
    )
    assert fring.has_accounts is True
    ann = fring.accounts.register(Registration("ann", "ann@example.org", "correct horse"))
    given = fring.accounts.log_in(Login("correct horse", username="ann"))
    assert given.user_id == ann.id
    assert fring.account_admin.set_role("ann", Role.ADMIN) is True
    with fring.transaction() as together:
        eve = Registration("eve", "eve@example.org", "correct horse")
        assert together.accounts.register(eve).username == "eve"
    assert [account.role for account in fring.account_admin.list_users()] == [
        Role.ADMIN,
        Role.MEMBER,
    ]


def test_no_accounts_without_passwords():
    fring = open_memory()
    assert fring.has_accounts is False
    for noun in ("accounts", "account_admin"):
        with pytest.raises(RuntimeError, match="has no accounts: give it `passwords`"):
            getattr(fring, noun)
