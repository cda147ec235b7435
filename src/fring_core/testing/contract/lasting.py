"""The contract of what lasts: for stores that can be closed and opened again."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from itertools import chain, cycle
from typing import TYPE_CHECKING, Any

from fring_core import Credential, FringError, NewTask, NewUser, Page, TaskFilter, UserFilter
from fring_core.testing.agreement import LISTS, agreed
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import CAUSE, NOW, Undo, add_task, by_id, rows, save
from fring_core.testing.contract.hearing import excited, kept
from fring_core.testing.contract.hooking import add_webhook, tell
from fring_core.testing.contract.ids import both_kinds
from fring_core.testing.contract.inheritance import check_none_drawn, chosen_ahead, remove
from fring_core.testing.contract.receipts import RECEIPT
from fring_core.testing.contract.sizes import MORE
from fring_core.testing.contract.texts import KINDS
from fring_core.testing.contract.writes import WRITES, settle
from fring_core.testing.recording import RecordedStore
from fring_core.testing.replaying import check_replay, events_of, shown
from fring_core.testing.snapshot import EVERYTHING, snapshot

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from contextlib import AbstractAsyncContextManager

    from fring_core import Store, Task, User
    from fring_core.testing.contract.ids import Add
    from fring_core.testing.contract.writes import Write


class LastingTests(StoreTests):
    """Test what a store has when it is opened again; there where `reopen` says how."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name, clause in list(vars(LastingTests).items()):
            # As None it is no test, and nothing to be skipped.
            if name.startswith("test_") and name not in vars(cls):
                setattr(cls, name, None if cls.reopen is LastingTests.reopen else clause)

    def reopen(self, store: Store) -> AbstractAsyncContextManager[Store]:
        """Open once more what `open_store` gave; only for a store that outlives its object."""
        raise NotImplementedError

    @asynccontextmanager
    async def _again(self, store: Store) -> AsyncGenerator[Store]:
        assert isinstance(store, RecordedStore)
        async with self.reopen(store.bare) as again:
            assert again is not store.bare, "reopen has to give another store, of the same contents"
            self.log.note("it is opened again")
            yield RecordedStore(again, self.log)

    async def test_lasting_contents(self, store: Store) -> None:
        """What is stored MUST last.

        A store that is closed and opened again has it all, and knows which ids were had.
        """
        await settle(store)
        for write in WRITES.values():
            await write(store)
        stored = await agreed(store)
        for _ in range(2):
            async with self._again(store) as again:
                assert await agreed(again) == stored

    async def test_lasting_events(self, store: Store) -> None:
        """What is stored MUST last.

        A store that is closed and opened again has all events, by the same cursors, and goes on
        behind them.
        """
        await settle(store)
        for write in WRITES.values():
            await write(store)
        stored = await kept(store)
        events = await events_of(store, 1)
        for _ in range(2):
            async with self._again(store) as again:
                assert await kept(again) == stored
                older = await again.events.of_task(1, None, 1, events[-1].cursor)
                assert shown(older) == shown(events[-2:-1])
                await again.tasks.change(1, None, excited, CAUSE)
                events = await events_of(again, 1)
                await check_replay(again, 1)
            stored = await kept(store)

    @both_kinds
    async def test_lasting_ids(self, store: Store, add: Add) -> None:
        """A store that is closed and opened again has it all, and knows which ids were had.

        With `new.id` None the store MUST draw an id that no user has ever had. With `new.id` None
        the store MUST draw an id that no task has ever had.
        """
        had = await chosen_ahead(store, add)
        for number in had[:4]:
            await remove(store, number)
        async with self._again(store) as again:
            had.append((await add(again, "drawn")).id)
            for number in had[4:]:
                await remove(again, number)
            assert len(set(had)) == len(had)
        async with self._again(store) as again:
            await check_none_drawn(again, add, had)

    async def test_lasting_after_each_write(self, store: Store) -> None:
        """What is stored MUST last.

        A store that is closed and opened again has it all: what was written before it was opened
        again, and since; call by call, in a transaction inside, after one that was refused.
        """
        await settle(store)
        stored = await snapshot(store, LISTS)
        ways = cycle((_plainly, _inside, _after_a_refusal))
        for write, way in zip(WRITES.values(), ways, strict=False):
            async with self._again(store) as again:
                assert await snapshot(again, LISTS) == stored
                await way(again, write)
                stored = await snapshot(again, LISTS)
        async with self._again(store) as again:
            assert await snapshot(again, LISTS) == stored

    async def test_lasting_receipts(self, store: Store) -> None:
        """What is stored MUST last.

        Return the receipt that expires after `now`, or None if there is none.
        """
        async with store.transaction() as inner:
            await inner.receipts.keep(RECEIPT, NOW)
        async with self._again(store) as again, again.transaction() as inner:
            place = RECEIPT.caller, RECEIPT.key
            assert await inner.receipts.hold(*place, NOW) == RECEIPT
            assert await inner.receipts.hold(*place, RECEIPT.expires_at) is None

    async def test_lasting_webhooks(self, store: Store) -> None:
        """What is stored MUST last.

        Nobody else MUST be given any of these deliveries for so many seconds, unless it is settled.
        """
        webhook_id = await add_webhook(store)
        ids = await tell(store, webhook_id, 2)
        attempts = await store.deliveries.claim(1, 60, NOW)
        assert [each.delivery_id for each in attempts] == ids[:1]
        webhook = await store.webhooks.get(webhook_id)
        following = rows(await store.deliveries.following())
        async with self._again(store) as again:
            assert await again.webhooks.get(webhook_id) == webhook
            assert rows(await again.deliveries.following()) == following
            assert len(await again.deliveries.list(webhook_id, 9)) == 2
            others = await again.deliveries.claim(9, 60, NOW)
            assert [each.delivery_id for each in others] == ids[1:]
            assert others[0].secrets == attempts[0].secrets

    async def test_lasting_size(self, store: Store) -> None:
        """What is stored MUST last.

        A list, a filter and a transaction MUST be as long as they need: a store sets no limit to them.
        """
        async with store.transaction() as inner:
            tasks = by_id([await add_task(inner) for _ in range(MORE)])
        async with self._again(store) as again:
            pages = [Page(skip, 1000) for skip in (0, 1000)]
            lists = [await again.tasks.list(TaskFilter(), page, None) for page in pages]
        assert [task for listed in lists for task in listed] == tasks

    async def test_lasting_texts(self, store: Store) -> None:
        """What is stored MUST last.

        Texts MUST be kept and compared as they stand, to the last character, whatever they look like.
        """
        tasks: list[Task] = []
        users: list[User] = []
        async with store.transaction() as inner:
            for n, text in enumerate(dict.fromkeys(chain.from_iterable(KINDS.values()))):
                users.append(await inner.users.add(NewUser(text, f"{n}@e.o"), CAUSE, text))
                new = NewTask(text if text.strip() else f"{text}.", text)
                tasks.append(await inner.tasks.add(new, text, CAUSE))
        async with self._again(store) as again:
            assert rows(await again.users.list(UserFilter(), EVERYTHING)) == by_id(users)
            for user, task in zip(users, tasks, strict=True):
                found = await again.credentials.find(user.username, None)
                assert found == Credential(user, user.username)
                assert rows(await again.tasks.list(TaskFilter(), Page(), task.owner)) == [task]


async def _plainly(store: Store, write: Write) -> None:
    await write(store)


async def _inside(store: Store, write: Write) -> None:
    async with store.transaction() as outer, outer.transaction() as inner:
        await write(inner)


async def _after_a_refusal(store: Store, write: Write) -> None:
    """Write when a transaction has been refused that did something else as well."""
    with suppress(FringError, Undo):
        async with store.transaction() as inner:
            user = await inner.users.get(3)
            assert user is not None
            assert await save(store, user) is not None
            await add_task(inner, "never")
            if not await save(inner, user):
                raise Undo
    await write(store)
