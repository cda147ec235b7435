"""Every use case keeps its types, awaited and without `await`."""

from collections.abc import Sequence
from typing import assert_type

from fring_core import (
    AccountAdmin,
    Accounts,
    AccountToken,
    AssignmentUseCases,
    BlockingFring,
    Fring,
    Identity,
    IssuedToken,
    Login,
    NewTask,
    NewUser,
    Page,
    PasswordChange,
    Registration,
    Role,
    Side,
    Slice,
    Store,
    Task,
    TaskChanges,
    TaskFilter,
    TaskOrder,
    TaskStatus,
    TaskUseCases,
    TaskWithUsers,
    Tokens,
    User,
    UserChanges,
    UserFilter,
    UserUseCases,
    UserWithTasks,
    run_sync,
)


async def users(fring: Fring) -> None:
    """Await what is about users."""
    assert_type(await fring.users.create(NewUser("ann", "ann@example.org")), User)
    assert_type(await fring.users.list(), Slice[User])
    assert_type(await fring.users.list(UserFilter(username="a"), Page(limit=10)), Slice[User])
    assert_type(await fring.users.update(1, UserChanges(email="ann@example.com")), User)
    assert_type(await fring.users.get(1), User)
    assert_type(await fring.users.find(username="ann"), User | None)
    assert_type(await fring.users.count(), int)
    assert_type([user async for user in fring.users.all()], list[User])
    found = assert_type(await fring.users.get_with_tasks(1), UserWithTasks)
    assert_type(found.user, User)
    assert_type(found.tasks, Sequence[Task])


async def tasks(fring: Fring) -> None:
    """Await what is about tasks, of the shared board and of personal lists."""
    assert_type(await fring.tasks.create(NewTask("Water the plants")), Task)
    assert_type(await fring.tasks.create(NewTask("Water the plants"), owner="ann"), Task)
    assert_type((await fring.tasks.list()).more, bool)
    listed = fring.tasks.list(TaskFilter(), Page(), owner="ann", order=TaskOrder.NEWEST_FIRST)
    assert_type(await listed, Slice[Task])
    assert_type(await fring.tasks.update(1, TaskChanges(title="Buy seeds"), owner=None), Task)
    assert_type(await fring.tasks.set_status(1, TaskStatus.COMPLETED), Task)
    assert_type(await fring.tasks.toggle(1, owner="ann"), Task)
    assert_type(await fring.tasks.get(1, owner="ann"), Task)
    assert_type(await fring.tasks.count(TaskFilter(completed=True)), int)
    assert_type([task async for task in fring.tasks.all(owner="ann")], list[Task])
    found = assert_type(await fring.tasks.get_with_users(1), TaskWithUsers)
    assert_type(found.task, Task)
    assert_type(found.users, Sequence[User])


async def assignments(fring: Fring) -> None:
    """Await what is about assignments, from both sides."""
    assert_type(await fring.assignments.tasks_of(1), Sequence[Task])
    assert_type(await fring.assignments.tasks_of(1, TaskStatus.TODO), Sequence[Task])
    assert_type(await fring.assignments.users_of(1), Sequence[User])


def nothing_to_return(fring: BlockingFring) -> None:
    """Call what returns nothing: its result cannot be taken for one."""
    assert_type(fring.assignments.add(user=1, task=2), None)
    assert_type(fring.assignments.remove(user=1, task=2, first=Side.TASK), None)
    assert_type(fring.users.delete(1), None)
    assert_type(fring.tasks.delete(1, owner="ann"), None)


def without_a_loop(fring: BlockingFring, ann: Identity) -> None:
    """Call the same without `await`: arguments and results are those of the use cases."""
    assert_type(fring.users.create(NewUser("ann", "ann@example.org")), User)
    assert_type(fring.users.find(email="ann@example.org"), User | None)
    assert_type(fring.tasks.list(), Slice[Task])
    assert_type(list(fring.tasks.all(TaskFilter(), owner="ann")), list[Task])
    assert_type(fring.assignments.users_of(1), Sequence[User])
    assert_type(fring.accounts.log_in(Login("secret", username="ann")), AccountToken)
    assert_type(fring.accounts.account_of(ann).role, Role)
    assert_type(fring.account_admin.set_role("ann", Role.VIEWER), bool)
    with fring.transaction() as together:
        assert_type(together, BlockingFring)
    fring.tasks.get("1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    fring.assignments.add(1, 2)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def by_hand(awaited: Fring) -> None:
    """Give `run_sync` a use case, or a coroutine of one's own."""

    async def both() -> tuple[User, Slice[Task]]:
        ann = await awaited.users.create(NewUser("ann", "a@example.org"))
        return ann, await awaited.tasks.list()

    assert_type(run_sync(awaited.tasks.list()), Slice[Task])
    assert_type(run_sync(both()), tuple[User, Slice[Task]])


def nouns(fring: Fring) -> tuple[UserUseCases, TaskUseCases, AssignmentUseCases]:
    """Take the nouns of a Fring."""
    assert_type(fring.accounts, Accounts)
    assert_type(fring.account_admin, AccountAdmin)
    return fring.users, fring.tasks, fring.assignments


class Own(Fring):
    """Be a Fring of one's own."""


async def a_class_of_ones_own(fring: Own, store: Store) -> None:
    """Keep the class in a transaction, on another store, and when it is opened."""
    assert_type(fring.on(store), Own)
    assert_type(await fring.open(), Own)
    async with fring.transaction() as together:
        assert_type(together, Own)
    await fring.close()


async def a_transaction(fring: Fring) -> None:
    """Open a transaction: what it gives is a Fring."""
    async with fring.transaction() as together:
        assert_type(await together.tasks.create(NewTask("Buy seeds")), Task)
        async with together.transaction() as inner:
            assert_type(inner, Fring)


async def accounts(accounts: Accounts, ann: Identity) -> None:
    """Register, log in, change the password, and leave."""
    assert_type(await accounts.register(Registration("ann", "ann@example.org", "secret")), User)
    token = assert_type(await accounts.log_in(Login("secret", username="ann")), AccountToken)
    assert_type(token.user_id, int)
    assert_type((await accounts.account_of(ann)).role, Role)
    change = PasswordChange("secret", "another secret")
    issued: IssuedToken = await accounts.change_password(ann, change)
    assert_type(issued.seconds, int)
    await accounts.delete_account(ann)


async def an_operator(admin: AccountAdmin) -> None:
    """Create an account, and change it."""
    registration = Registration("ann", "ann@example.org", "secret")
    assert_type(await admin.create(registration, Role.ADMIN), User)
    assert_type(await admin.set_password("ann", "another secret"), bool)
    assert_type(await admin.set_role("ann", Role.VIEWER), bool)


async def a_token(accounts: Accounts, tokens: Tokens) -> None:
    """Look an account up before its token is taken."""
    assert_type(await accounts.checking(tokens).identify("a token"), Identity)


async def mistakes(fring: Fring) -> None:
    """Make mistakes that a type checker reports."""
    await fring.users.get_with_tasks("1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await fring.tasks.list(UserFilter())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await fring.tasks.set_status(1, "done")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await fring.tasks.create(NewTask("Buy seeds"), "ann")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    fring.users.list().sort()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    (await fring.assignments.users_of(1)).sort()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    await fring.users.all()  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]
    fring.tasks.create(NewTask("lost"))  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]
    run_sync(fring.users.list)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
