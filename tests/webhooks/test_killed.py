"""Servers that are killed (SIGKILL): what was committed is told, and what was rolled back never."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress

import httpx
import pytest

from fring_adapters import open_postgres
from fring_core import NewTask
from fring_core.testing.contract.examples import Undo
from tests.faults.server import Server
from tests.webhooks.receivers import Receiver
from tests.webhooks.test_worker import until

pytestmark = pytest.mark.anyio


def titles(receiver):
    return [json.loads(body)["data"]["after"]["title"] for body in receiver.bodies]


async def test_what_was_committed_just_before_is_told_afterwards(tmp_path, new_database):
    url = new_database()
    settings = {"DATABASE_URL": url, "FRING_WEBHOOK_PRIVATE": "true"}
    async with Receiver() as receiver:
        server = Server(tmp_path, **settings)
        await asyncio.to_thread(server.start)
        try:
            async with httpx.AsyncClient(base_url=server.url) as client:
                hook = {"url": receiver.url, "types": ["task.created"]}
                made = await client.post("/api/v2/webhooks", json=hook)
                assert made.status_code == 201
                for title in ("first", "second"):
                    answer = await client.post("/api/v1/tasks", json={"title": title})
                    assert answer.status_code == 201
                await asyncio.to_thread(server.kill)
            with open_postgres(url) as fring:
                with suppress(Undo), fring.transaction() as together:
                    together.tasks.create(NewTask("never"))
                    raise Undo
                fring.tasks.create(NewTask("third"))
            await asyncio.to_thread(server.start)
            await until(lambda: {*titles(receiver)} >= {"first", "second", "third"}, 90)
        finally:
            await asyncio.to_thread(server.end)
        assert {*titles(receiver)} == {"first", "second", "third"}
        by_id = {headers["webhook-id"] for _, headers in receiver.heads}
        assert len(by_id) == 3, "what was sent twice has the same id"
