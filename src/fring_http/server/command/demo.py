"""The `fring demo` command: a small, lively board to look at."""

from __future__ import annotations

from threading import Thread
from typing import Final

import rich_click as click

from fring_http.server.command.options import setting_options
from fring_http.server.command.output import say
from fring_http.server.command.running import Command, settings
from fring_http.server.command.serve import serve
from fring_http.server.settings import MEMORY
from fring_http.server.variables.sources import set_variable

# Whatever the environment says, nobody's data are touched, and nobody else gets in.
_OWN: Final = {
    "DATABASE_URL": MEMORY,
    "HOST": "127.0.0.1",
    "WORKERS": "1",
    "FRING_AUTH": "off",
    "FRING_ACCESS_LOG": "off",
}


@click.command(cls=Command, serves=True)
@setting_options("--port")
@click.option("--still", is_flag=True, help="fill the board, and leave it as it is")
def demo(*, still: bool) -> None:
    """Serve a board in memory on which a few people work, until a signal ends it.

    It is gone afterwards, and touches no database.
    """
    for name, text in _OWN.items():
        set_variable(name, text)
    chosen = settings()

    def live() -> None:
        from fring_http.server.command.people import work  # noqa: PLC0415  # it takes long

        work(f"http://127.0.0.1:{chosen.port}", still=still)

    Thread(target=live, daemon=True).start()
    say("ann, bob and cleo are at work; look at /docs, or ask for /api/v1/tasks")
    serve(chosen)
