"""The `fring worker` command."""

from __future__ import annotations

import asyncio
import signal
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import attrs
import rich_click as click

from fring_http.server.command.options import setting_options
from fring_http.server.command.output import say
from fring_http.server.command.running import Command, settings
from fring_http.server.database import located
from fring_http.server.processes.supervisor import on_signal
from fring_http.server.tables import tables_checked
from fring_http.server.webhooks.sending import ATTEMPT_SECONDS

if TYPE_CHECKING:
    from fring_http.server.settings import Settings

# With time to note what came of an attempt that takes as long as any may.
FINISHING_SECONDS: Final = ATTEMPT_SECONDS + 1


@click.command(cls=Command, serves=True)
@setting_options(
    *("--database-url", "--schema", "--data-dir", "--migrate", "--webhook-private"),
    *("--log-level", "--log-format"),
)
def worker() -> None:
    """Call webhooks and remind of tasks until a signal ends it; any number may run."""
    from fring_http.server.telling.logs import set_up  # noqa: PLC0415  # it takes long

    chosen = settings()
    set_up(chosen)
    with ExitStack() as stack:
        url, words = located(chosen, stack, say)
        asyncio.run(_work(attrs.evolve(chosen, database_url=url), words))


async def _work(settings: Settings, words: str) -> None:
    """Work until a signal ends it; then finish what has begun, or begin nothing."""
    from fring_http.server.beside import working  # noqa: PLC0415  # it takes long
    from fring_http.server.wiring import Wiring  # noqa: PLC0415  # as above

    told_to_end = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        on_signal(number, told_to_end.set)
    wiring = Wiring.of(attrs.evolve(settings, metrics=False, worker=False))
    private = settings.webhook_private
    calling = working(wiring.fring, private=private, finishing=FINISHING_SECONDS)
    async with tables_checked(settings), wiring.fring, calling:
        say(f"calling webhooks of {words}, and reminding of its tasks")
        await told_to_end.wait()
