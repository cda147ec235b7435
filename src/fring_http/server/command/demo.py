"""The `fring demo` command: a small, lively board to look at, or a large one in the database."""

from __future__ import annotations

from contextlib import ExitStack
from threading import Thread
from typing import Final

import rich_click as click

from fring_http.server.command.bulk import counted, refused
from fring_http.server.command.options import setting_options
from fring_http.server.command.output import say
from fring_http.server.command.progress import progress
from fring_http.server.command.running import FAILED, Command, Stopped, settings
from fring_http.server.command.serve import serve
from fring_http.server.database import located, prepared
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
_NUMBER: Final = click.IntRange(min=0)


@click.command(cls=Command, serves=True)
@setting_options("--port")
@click.option("--still", is_flag=True, help="fill the board, and leave it as it is")
@click.option("--users", type=_NUMBER, help="so many, into the empty database that is set")
@click.option("--tasks", type=_NUMBER, help="so many; three of four are assigned")
@click.pass_context
def demo(context: click.Context, *, still: bool, users: int | None, tasks: int | None) -> None:
    """Serve a board in memory on which a few people work, until a signal ends it.

    It is gone afterwards, and touches no database. With --users and --tasks, fill an empty database
    instead, and end; `fring serve` shows it.
    """
    if users is None and tasks is None:
        _play(still=still)
        return
    if users is None or tasks is None or still:
        raise click.UsageError("--users and --tasks go together, and without --still")
    try:
        _fill(users, tasks)
    except Stopped:
        context.exit(FAILED)  # nothing is filled


def _play(*, still: bool) -> None:
    for name, text in _OWN.items():
        set_variable(name, text)
    chosen = settings()

    def live() -> None:
        from fring_http.server.command.people import work  # noqa: PLC0415  # it takes long

        work(f"http://127.0.0.1:{chosen.port}", still=still)

    Thread(target=live, daemon=True).start()
    say("ann, bob and cleo are at work; look at /docs, or ask for /api/v1/tasks")
    serve(chosen)


def _fill(users: int, tasks: int) -> None:
    from fring_http.server.command.board import fill  # noqa: PLC0415  # it takes long

    chosen = settings()
    with ExitStack() as stack, refused():
        if chosen.database_url == MEMORY:  # which is refused
            located(chosen, stack, say)
        url, words = prepared(chosen, stack, say, upgrade=chosen.migrate)
        watch = stack.enter_context(progress())
        done = fill(url, users, tasks, schema=chosen.schema, watch=watch)
    say(f"{words}: {counted(done.added)} made up")
