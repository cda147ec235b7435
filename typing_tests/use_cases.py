"""Every use case keeps its types, awaited, plain, and through `run_sync`."""

from collections.abc import Sequence
from typing import assert_type

from fring_adapters.clock import utc_now
from fring_core import (
    AccountAdmin,
    Accounts,
    AccountToken,
    Attempt,
    BlockingFring,
    Causes,
    Delivery,
    DeliveryState,
    Event,
    EventPage,
    EventType,
    Fring,
    Identity,
    IssuedToken,
    Login,
    NewTask,
    NewUser,
    NewWebhook,
    Page,
    PasswordChange,
    Passwords,
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
    TaskWithUsers,
    TokenIssuer,
    Tokens,
    User,
    UserChanges,
    UserFilter,
    UserWithTasks,
    Webhook,
    WebhookChanges,
    WebhookWithSecret,
    run_sync,
)
from fring_core.webhooks import Outcome


async def users(fring: Fring) -> None:
    """Await what is about users."""
    assert_type(await fring.users.create(NewUser("ann", "ann@example.org")), User)
    assert_type(await fring.users.list(), Slice[User])
    assert_type(await fring.users.list(UserFilter(username="a"), Page(limit=10)), Slice[User])
    assert_type(await fring.users.get(1), User)
    assert_type(await fring.users.find(email="ann@example.org"), User | None)
    assert_type([user async for user in fring.users.all()], list[User])
    assert_type(await fring.users.count(), int)
    assert_type(await fring.users.update(1, UserChanges(email="ann@example.com")), User)
    found = assert_type(await fring.users.get_with_tasks(1), UserWithTasks)
    assert_type(found.user, User)
    assert_type(found.tasks, Sequence[Task])


async def tasks(fring: Fring) -> None:
    """Await what is about tasks, of the shared board and of personal lists."""
    assert_type(await fring.tasks.create(NewTask("Water the plants")), Task)
    assert_type(await fring.tasks.create(NewTask("Water the plants"), owner="ann"), Task)
    assert_type(await fring.tasks.create_many([NewTask("Buy seeds")]), Sequence[Task])
    assert_type(await fring.tasks.list(), Slice[Task])
    listed = fring.tasks.list(TaskFilter(), Page(), owner="ann", order=TaskOrder.NEWEST_FIRST)
    assert_type((await listed).more, bool)
    assert_type(await fring.tasks.get(1), Task)
    assert_type(
        [task async for task in fring.tasks.all(owner="ann", order=TaskOrder.BY_TITLE)], list[Task]
    )
    assert_type(await fring.tasks.count(TaskFilter()), int)
    assert_type(await fring.tasks.update(1, TaskChanges(title="Buy seeds"), owner=None), Task)
    assert_type(await fring.tasks.update_many([1], TaskChanges(title="a")), Sequence[Task])
    assert_type(await fring.tasks.set_status(1, TaskStatus.COMPLETED), Task)
    assert_type(await fring.tasks.toggle(1, owner="ann"), Task)
    found = assert_type(await fring.tasks.get_with_users(1), TaskWithUsers)
    assert_type(found.task, Task)
    assert_type(found.users, Sequence[User])


async def assignments(fring: Fring) -> None:
    """Await what is about assignments, from both sides."""
    assert_type(await fring.assignments.tasks_of(1), Slice[Task])
    assert_type(await fring.assignments.tasks_of(1, TaskStatus.TODO), Slice[Task])
    assert_type(await fring.assignments.users_of(1), Slice[User])


def nothing_to_return(fring: Fring) -> None:
    """Run what returns nothing: its result cannot be taken for one."""
    assert_type(run_sync(fring.assignments.add(user=1, task=2)), None)
    assert_type(run_sync(fring.assignments.remove(user=1, task=2)), None)
    assert_type(run_sync(fring.assignments.add(user=1, task=2, first=Side.TASK)), None)
    assert_type(run_sync(fring.assignments.remove(user=1, task=2, first=Side.TASK)), None)
    assert_type(run_sync(fring.users.delete(1)), None)
    assert_type(run_sync(fring.tasks.delete(1, owner="ann")), None)


def without_a_loop(fring: Fring) -> None:
    """Give `run_sync` a use case, or a coroutine of one's own."""

    async def both() -> tuple[User, Sequence[Task]]:
        return await fring.users.create(NewUser("ann", "a@example.org")), await fring.tasks.list()

    assert_type(run_sync(fring.users.create(NewUser("ann", "ann@example.org"))), User)
    assert_type(run_sync(fring.tasks.list()), Slice[Task])
    assert_type(run_sync(both()), tuple[User, Sequence[Task]])


def plain(fring: BlockingFring) -> None:
    """Call the use cases without `await`."""
    assert_type(fring.users.create(NewUser("ann", "ann@example.org")), User)
    assert_type(fring.tasks.list(owner="ann", order=TaskOrder.BY_TITLE), Slice[Task])
    assert_type(list(fring.tasks.all(TaskFilter())), list[Task])
    assert_type(fring.assignments.add(user=1, task=2, first=Side.TASK), None)
    assert_type(fring.accounts.log_in(Login("secret", username="ann")), AccountToken)
    assert_type(fring.account_admin.set_role("ann", Role.VIEWER), bool)
    with fring.transaction() as together:
        assert_type(together, BlockingFring)
        assert_type(together.users.get_with_tasks(1), UserWithTasks)
    fring.tasks.get("1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    fring.assignments.add(1, 2)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


async def a_transaction(fring: Fring) -> None:
    """Open a transaction: what it gives is a Fring."""
    async with fring.transaction() as together:
        assert_type(await together.tasks.create(NewTask("Buy seeds")), Task)
        async with together.transaction() as inner:
            assert_type(inner, Fring)


async def once(fring: Fring, blocking: BlockingFring) -> None:
    """Do something once: what comes of it is what the work returns."""

    async def work(together: Fring) -> list[int]:
        return [(await together.tasks.create(NewTask("Buy seeds"))).id]

    assert_type(await fring.once("key", work), list[int])
    assert_type(blocking.once("key", lambda together: together.tasks.count()), int)
    await fring.once("key", lambda together: together.tasks)  # type: ignore[arg-type,return-value]  # pyright: ignore[reportArgumentType]


async def events(fring: Fring, blocking: BlockingFring) -> None:
    """Read what has happened to a task."""
    page = await fring.events.of_task(1, owner="ann", limit=10)
    assert_type(page, Slice[Event])
    assert_type(blocking.events.of_task(1, before=page[0].cursor), Slice[Event])
    assert_type(page[0].type, str)
    assert_type(EventType(page[0].type), EventType)
    assert_type(page[0].changed, tuple[str, ...])
    feed = assert_type(await fring.events.page(limit=10), EventPage)
    assert_type(blocking.events.page(feed.next).items, tuple[Event, ...])
    async for event in fring.events.after(await fring.events.latest()):
        assert_type(event, Event)
    for event in blocking.events.after(feed.next):
        assert_type(event, Event)
    assert_type(blocking.events.has(str(page[0].cursor)), bool)
    assert_type(await fring.events.forget(utc_now(), limit=10), int)
    page[0].after["title"] = "no"  # type: ignore[index]  # pyright: ignore[reportIndexIssue]


async def webhooks(fring: Fring, blocking: BlockingFring) -> None:
    """Have others told, and tell them."""
    added = assert_type(
        await fring.webhooks.create(NewWebhook("https://example.com", ["task.*"])),
        WebhookWithSecret,
    )
    webhook = assert_type(blocking.webhooks.get(added.webhook.id), Webhook)
    assert_type(await fring.webhooks.list(Page(limit=10)), Slice[Webhook])
    assert_type(blocking.webhooks.update(webhook.id, WebhookChanges(paused=True)), Webhook)
    WebhookChanges(paused=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert_type(blocking.webhooks.rotate(webhook.id), WebhookWithSecret)
    assert_type((await fring.webhooks.test(webhook.id)).state, DeliveryState)
    for delivery in await fring.webhooks.deliveries(webhook.id, limit=10):
        assert_type(await fring.webhooks.redeliver(delivery.id), Delivery)
        assert_type(delivery.event, Event | None)
    assert_type(await fring.webhooks.dispatch(), int)
    for attempt in assert_type(await fring.webhooks.claim(10), tuple[Attempt, ...]):
        assert_type(blocking.webhooks.settle(attempt, Outcome(204, "", None, 0.1)), bool)
    assert_type(await fring.webhooks.forget(utc_now()), int)
    await fring.webhooks.delete(webhook.id, version=1)


def told(store: Store, heard: list[Event]) -> Fring:
    """Be called with what has been done."""
    Fring(store, clock=utc_now, on_commit=lambda: None)  # type: ignore[arg-type,misc]  # pyright: ignore[reportArgumentType]
    return Fring(store, clock=utc_now, on_commit=heard.append, event_text=False)


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


def accounts_alone(store: Store, passwords: Passwords, issuer: TokenIssuer) -> Accounts:
    """Look after accounts, and nothing else."""
    return Accounts(store, passwords=passwords, issuer=issuer, causes=Causes(utc_now))


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
    fring.tasks.create(NewTask("lost"))  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]
    run_sync(fring.users.list)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
