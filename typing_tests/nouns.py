"""A Fring is its nouns; opened, on another store, and in a transaction it is of the same class."""

from typing import assert_type

from fring_core import (
    AssignmentUseCases,
    BlockingFring,
    EventUseCases,
    Fring,
    ReminderUseCases,
    Store,
    TaskUseCases,
    UserUseCases,
    WebhookUseCases,
)


class Ours(Fring):
    """Have something of one's own."""


async def nouns(fring: Ours, store: Store) -> None:
    """Take the nouns, and the same Fring elsewhere."""
    assert_type(fring.users, UserUseCases)
    assert_type(fring.tasks, TaskUseCases)
    assert_type(fring.assignments, AssignmentUseCases)
    assert_type(fring.events, EventUseCases)
    assert_type(fring.reminders, ReminderUseCases)
    assert_type(await fring.reminders.fire(), int)
    assert_type(fring.webhooks, WebhookUseCases)
    assert_type(fring.has_accounts, bool)
    assert_type(fring.acting_as("ann", request_id="7"), Ours)
    assert_type(fring.acting_as(None), Ours)
    assert_type(fring.on(store), Ours)
    assert_type(await fring.open(), Ours)
    async with fring.transaction() as together:
        assert_type(together, Ours)
    await fring.close()


def without_await(fring: BlockingFring, store: Store) -> None:
    """Do the same without `await`."""
    assert_type(fring.on(store), BlockingFring)
    assert_type(fring.acting_as("ann"), BlockingFring)
    with fring.transaction() as together:
        assert_type(together, BlockingFring)
    assert_type(fring.open(), BlockingFring)
    fring.close()
