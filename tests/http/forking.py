"""Fork with a client in use, and look at both sides: `python -m tests.http.forking URL`."""

import asyncio
import sys

from fring_core import run_sync
from fring_http.client import BlockingFringClient, FringClient
from tests.forks import in_child, refused


def blocking(url):
    unused = BlockingFringClient(url)
    with BlockingFringClient(url) as client:

        def calls():
            refused(client.tasks.list)
            client.close()
            refused(client.tasks.list)

        def anew():
            for each in (unused, BlockingFringClient(url)):
                with each:
                    each.tasks.list()

        for _ in range(2):  # entered, and then in use
            in_child(calls)
            in_child(anew)
            client.tasks.list()


def asynchronous(url):
    unused = FringClient(url)
    client = FringClient(url)

    async def list_and_close(each):
        async with each:
            await each.tasks.list()

    def calls():
        refused(asyncio.run, client.tasks.list())
        refused(run_sync, client.tasks.list())
        asyncio.run(client.close())

    def anew():
        for each in (unused, FringClient(url)):
            asyncio.run(list_and_close(each))

    with asyncio.Runner() as runner:
        runner.run(client.tasks.list())
        in_child(calls)
        in_child(anew)
        runner.run(client.tasks.list())
        runner.run(client.close())


if __name__ == "__main__":
    blocking(sys.argv[1])
    asynchronous(sys.argv[1])
