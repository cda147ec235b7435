"""A Fring that is somewhere else: its use cases over HTTP.

    async with FringClient("https://tasks.example", token=token) as fring:
        task = await fring.tasks.create(NewTask("Water the plants"))

`FringClient` awaits; `BlockingFringClient` does the same without `await`. Both speak `/api/v1` for the shared board and `/api/{user_id}/tasks` for personal
lists. Needs the extra `fring[client]`.
"""

from fring_http.client.answers import UnexpectedAnswer
from fring_http.client.clients import BlockingFringClient, FringClient

__all__ = ["BlockingFringClient", "FringClient", "UnexpectedAnswer"]
