"""The `fring openapi` command."""

from __future__ import annotations

import asyncio
from pathlib import Path
from secrets import token_hex
from typing import Any

import msgspec
import rich_click as click

from fring_http.server.command.running import Command
from fring_http.server.settings import MEMORY, Settings


@click.command(cls=Command)
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="file; none: the output"
)
def openapi(*, output: Path | None) -> None:
    """Print the OpenAPI document of a server with accounts, which has all operations."""
    text = msgspec.json.format(asyncio.run(_document())).decode()
    if output is None:
        print(text)
    else:
        output.write_text(f"{text}\n")


async def _document() -> bytes:
    from httpx import ASGITransport, AsyncClient  # noqa: PLC0415  # they take long

    from fring_http.server.wiring import Wiring  # noqa: PLC0415  # as above

    settings = Settings(database_url=MEMORY, secret=token_hex(16), access_log=False, metrics=False)
    app: Any = Wiring.of(settings).application()
    async with AsyncClient(transport=ASGITransport(app), base_url="http://localhost") as client:
        answer = await client.get("/openapi.json")
        return answer.content
