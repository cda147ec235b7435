"""A client works until it is closed, in the process that first used it, and says so."""

import asyncio
import subprocess
import sys

import pytest

from fring_adapters.clock import utc_now
from fring_adapters.memory import MemoryStore
from fring_core import Fring
from fring_http.api.app import create_app
from fring_http.client import BlockingFringClient, FringClient
from tests.serving import in_thread


def test_after_a_fork():
    with in_thread(create_app(Fring(MemoryStore(), clock=utc_now))) as url:
        ended = subprocess.run(
            [sys.executable, "-W", "ignore::DeprecationWarning", "-m", "tests.http.forking", url],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert ended.returncode == 0, ended.stderr


def test_closed():
    client = BlockingFringClient("http://127.0.0.1:1")
    client.close()
    client.close()
    with pytest.raises(RuntimeError, match="is closed: make a new one"):
        client.tasks.list()
    with pytest.raises(RuntimeError, match="is closed: make a new one"), client:
        pass


def test_closed_in_an_event_loop():
    async def scenario():
        client = FringClient("http://127.0.0.1:1")
        await client.close()
        await client.close()
        with pytest.raises(RuntimeError, match="is closed: make a new one"):
            await client.tasks.list()
        with pytest.raises(RuntimeError, match="is closed: make a new one"):
            async with client:
                pass

    asyncio.run(scenario())
