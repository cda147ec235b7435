"""Webhooks in PostgreSQL."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import attrs

from fring_adapters.postgres.sql import webhooks as sql
from fring_adapters.postgres.wire.arrays import Texts
from fring_adapters.secrets import drawn_secret
from fring_core import Slice, VersionConflict, Webhook, WebhookWithSecret

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from fring_adapters.postgres.wire.executor import Executor
    from fring_adapters.postgres.wire.statement import Row
    from fring_core import NewWebhook, Page


def _read(row: Row) -> Webhook:
    number, url, types, *others = row
    made: Callable[..., Webhook] = Webhook
    return made(number, url, tuple(types), *others)


@attrs.frozen
class PostgresWebhooks:
    """Keep webhooks, as `fring_core.Webhooks` says, by the database's clock."""

    _executor: Executor

    async def add(self, new: NewWebhook, place: str, now: datetime) -> WebhookWithSecret:  # noqa: ARG002
        secret = drawn_secret()
        asked = {
            "url": new.url,
            "types": Texts(new.types),
            "description": new.description,
            "secret": secret,
            "place": place,
        }
        [row] = await self._executor.run(sql.ADD, asked)
        return WebhookWithSecret(_read(row), secret)

    async def get(self, webhook_id: int) -> Webhook | None:
        rows = await self._executor.run(sql.GET, {"id": webhook_id})
        return _read(rows[0]) if rows else None

    async def list(self, page: Page) -> Slice[Webhook]:
        after = 0 if page.after is None else page.after.id
        asked = {"after": after, "limit": page.limit + 1, "skip": page.skip}
        return Slice.of(map(_read, await self._executor.run(sql.LIST, asked)), page.limit)

    async def change(
        self, webhook_id: int, verb: Callable[[Webhook], Webhook], place: str
    ) -> Webhook | None:
        return await self._executor.all_or_nothing(partial(_changed, webhook_id, verb, place))

    async def remove(self, webhook_id: int, *, version: int | None = None) -> bool:
        rows = await self._executor.run(sql.REMOVE, {"id": webhook_id, "version": version})
        if rows and version not in (None, rows[0][0]):
            raise VersionConflict(rows[0][0])
        return bool(rows)

    async def rotate(
        self,
        webhook_id: int,
        keep: timedelta,
        now: datetime,  # noqa: ARG002
    ) -> WebhookWithSecret | None:
        secret = drawn_secret()
        asked = {"id": webhook_id, "secret": secret, "keep": keep}
        rows = await self._executor.run(sql.ROTATE, asked)
        return WebhookWithSecret(_read(rows[0]), secret) if rows else None


async def _changed(
    webhook_id: int, verb: Callable[[Webhook], Webhook], place: str, executor: Executor
) -> Webhook | None:
    rows = await executor.run(sql.FIND, {"id": webhook_id})
    if not rows:
        return None
    made = verb(_read(rows[0]))
    asked = {
        "id": webhook_id,
        "url": made.url,
        "types": Texts(made.types),
        "description": made.description,
        "disabled_at": made.disabled_at,
        "disabled_why": made.disabled_why,
        "place": place,
    }
    [row] = await executor.run(sql.SAVE, asked)
    return _read(row)
