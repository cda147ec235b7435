"""The contract of `fring_core.Webhooks`: one test per clause."""

from __future__ import annotations

from base64 import b64decode
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import attrs
import pytest

from fring_core import Page, Place, VersionConflict
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import LATER, NOW, Undo, rows
from fring_core.testing.contract.hooking import (
    FURTHER,
    NEW,
    PLACE,
    add_webhook,
    enabled,
    paused,
    tell,
    webhook_of,
)
from fring_core.testing.replaying import feed_of
from fring_core.testing.snapshot import plain

if TYPE_CHECKING:
    from fring_core import Store, Webhook

ABSENT = 2**40


def _moved(webhook: Webhook) -> Webhook:
    return attrs.evolve(webhook, url="https://example.org/", id=ABSENT, created_at=LATER)


async def _secrets(store: Store, webhook_id: int) -> tuple[str, ...]:
    """Return what signs for a webhook now, as a message that it is sent shows."""
    sent = await store.deliveries.send(webhook_id, NOW)
    assert sent is not None
    attempts = await store.deliveries.claim(1000, 0, NOW)
    return next(each.secrets for each in attempts if each.webhook_id == webhook_id)


class WebhookTests(StoreTests):
    """Test what the store keeps of webhooks."""

    async def test_webhook_add(self, store: Store) -> None:
        """Store a new webhook at a place in the feed, enabled, at version 1; return it with a secret.

        The secret MUST be `whsec_` and the base64 of 32 bytes that nobody can guess. No call of
        this port, or of `Deliveries`, MUST record an event. Return the webhook with this id, or
        None. Return where the webhooks that are enabled have come to, by ascending id.
        """
        added = [await store.webhooks.add(NEW, place, NOW) for place in (PLACE, FURTHER)]
        for each in added:
            webhook = each.webhook
            expected = NEW.as_webhook(webhook.id, webhook.created_at)
            assert plain(webhook) == plain(expected)
            assert plain(await store.webhooks.get(webhook.id)) == plain(expected)
            assert each.secret.startswith("whsec_")
            assert len(b64decode(each.secret.removeprefix("whsec_"), validate=True)) == 32
            assert each.secret not in repr(each)
            assert await _secrets(store, webhook.id) == (each.secret,)
        assert len({each.secret for each in added}) == 2
        assert [
            (each.webhook_id, each.types, each.place) for each in await store.deliveries.following()
        ] == sorted(
            (each.webhook.id, NEW.types, place)
            for each, place in zip(added, (PLACE, FURTHER), strict=True)
        )
        assert await store.webhooks.get(ABSENT) is None
        assert await feed_of(store) == []

    async def test_webhook_ids(self, store: Store) -> None:
        """It MUST have an id that no webhook has ever had."""
        ids = [await add_webhook(store) for _ in range(2)]
        for webhook_id in ids[::-1]:
            assert await store.webhooks.remove(webhook_id)
            ids.append(await add_webhook(store))
        assert len(set(ids)) == 4

    async def test_webhook_list(self, store: Store) -> None:
        """Return the webhooks by ascending id, the page only.

        Its `more` MUST tell whether others come behind it. With `page.after`, exactly those behind
        that place MUST be listed.
        """
        ids = sorted([await add_webhook(store) for _ in range(4)])
        whole = [await webhook_of(store, each) for each in ids]
        for page, part, more in (
            (Page(), whole, False),
            (Page(limit=4), whole, False),
            (Page(limit=3), whole[:3], True),
            (Page(skip=1, limit=2), whole[1:3], True),
            (Page(after=Place(ids[1])), whole[2:], False),
            (Page(limit=1, after=Place(ids[0])), whole[1:2], True),
            (Page(after=Place(ids[-1])), [], False),
        ):
            listed = await store.webhooks.list(page)
            assert (rows(listed), listed.more) == (part, more), page

    async def test_webhook_change(self, store: Store) -> None:
        """Replace a webhook by what `verb` makes of it, and return that one version on, or None.

        MUST return None if there is no such webhook. `created_at` MUST stay as it is stored, and so
        MUST the secrets.
        """
        added = await store.webhooks.add(NEW, PLACE, NOW)
        before, other = added.webhook, await add_webhook(store)
        after = await store.webhooks.change(before.id, _moved, FURTHER)
        expected = attrs.evolve(before, url="https://example.org/", version=2)
        assert plain(after) == plain(expected)
        assert plain(await store.webhooks.get(before.id)) == plain(expected)
        assert (await webhook_of(store, other)).url == NEW.url
        assert await _secrets(store, before.id) == (added.secret,)
        assert await store.webhooks.change(ABSENT, _moved, FURTHER) is None

    async def test_webhook_change_refused(self, store: Store) -> None:
        """What `verb` raises MUST be raised, and nothing changed."""

        def refuse(_: Webhook) -> Webhook:
            raise Undo

        webhook_id = await add_webhook(store)
        before = await webhook_of(store, webhook_id)
        with pytest.raises(Undo):
            await store.webhooks.change(webhook_id, refuse, FURTHER)
        assert plain(await store.webhooks.get(webhook_id)) == plain(before)

    async def test_webhook_enabled_again(self, store: Store) -> None:
        """One that was disabled, and is no more, MUST go on from `place`; others MUST stay where they are."""
        webhook_id = await add_webhook(store)
        for verb, place in (
            (_moved, [PLACE]),
            (enabled, [PLACE]),
            (paused, []),
            (_moved, []),
            (enabled, [FURTHER]),
        ):
            changed = await store.webhooks.change(webhook_id, verb, FURTHER)
            assert changed is not None
            assert (changed.disabled_at is None) is bool(place)
            assert [each.place for each in await store.deliveries.following()] == place

    async def test_webhook_remove(self, store: Store) -> None:
        """Remove a webhook and its deliveries; tell whether it was there.

        With a `version`, one that has another MUST be left as it is. Raise `VersionConflict` then,
        with the version that it has.
        """
        webhook_id, other = [await add_webhook(store) for _ in range(2)]
        for each in (webhook_id, other):
            await tell(store, each, 2)
        with pytest.raises(VersionConflict) as conflict:
            await store.webhooks.remove(webhook_id, version=2)
        assert conflict.value.version == 1
        assert await store.webhooks.get(webhook_id) is not None
        assert await store.webhooks.remove(webhook_id, version=1)
        assert await store.webhooks.get(webhook_id) is None
        assert rows(await store.deliveries.list(webhook_id, 9)) == []
        assert {each.webhook_id for each in await store.deliveries.claim(9, 60, NOW)} == {other}
        for version in (None, 1):
            assert not await store.webhooks.remove(webhook_id, version=version)
        assert len(await store.deliveries.list(other, 9)) == 2

    async def test_webhook_rotate(self, store: Store) -> None:
        """Give a webhook a new secret, and return it with that; None if there is no such webhook.

        The one before MUST sign beside it for as long as `keep`, and then no more. All else MUST
        stay, the version too.
        """
        added = await store.webhooks.add(NEW, PLACE, NOW)
        webhook_id, secrets = added.webhook.id, [added.secret]
        other = await store.webhooks.add(NEW, PLACE, NOW)
        for keep in (timedelta(hours=24), timedelta(hours=1), timedelta(0)):
            rotated = await store.webhooks.rotate(webhook_id, keep, NOW)
            assert rotated is not None
            assert plain(rotated.webhook) == plain(added.webhook)
            assert rotated.secret not in secrets
            expected = (rotated.secret, secrets[-1]) if keep else (rotated.secret,)
            assert await _secrets(store, webhook_id) == expected
            secrets.append(rotated.secret)
        assert plain(await store.webhooks.get(webhook_id)) == plain(added.webhook)
        assert await _secrets(store, other.webhook.id) == (other.secret,)
        assert await store.webhooks.rotate(ABSENT, timedelta(0), NOW) is None

    async def test_webhook_of_no_transaction(self, store: Store) -> None:
        """Leaving it by an exception, cancellation included, MUST roll back.

        Calls inside MUST see what was done inside.
        """
        webhook_id = new = await add_webhook(store)
        with suppress(Undo):
            async with store.transaction() as inner:
                new = await add_webhook(inner)
                assert await inner.webhooks.get(new) is not None
                await inner.webhooks.change(webhook_id, _moved, FURTHER)
                await tell(inner, webhook_id)
                raise Undo
        assert new != webhook_id
        assert await store.webhooks.get(new) is None
        assert (await webhook_of(store, webhook_id)).version == 1
        assert rows(await store.deliveries.list(webhook_id, 9)) == []
