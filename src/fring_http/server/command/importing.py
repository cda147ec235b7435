"""The `fring import` command."""

from __future__ import annotations

from contextlib import ExitStack

import rich_click as click

from fring_http.server.command.bulk import counted, file_argument, opened, refused
from fring_http.server.command.db import where
from fring_http.server.command.output import say
from fring_http.server.command.progress import progress
from fring_http.server.command.running import Command, settings
from fring_http.server.database import located, prepared
from fring_http.server.settings import MEMORY


@click.command("import", cls=Command)
@file_argument
@click.option("--dry-run", is_flag=True, help="check everything, and add nothing")
@where
def import_command(*, file: str, dry_run: bool) -> None:
    """Add the users, tasks and assignments in FILE, as `fring export` writes them: all, or nothing.

    - reads the input; what is zipped is unzipped. What is there already, and the same, is skipped:
    an import that broke is run again.
    """
    from fring_adapters.postgres.bulk import import_from  # noqa: PLC0415  # it takes long

    chosen = settings()
    with ExitStack() as stack, refused():
        source = stack.enter_context(opened(file, "rb"))
        if dry_run or chosen.database_url == MEMORY:  # which is refused
            url, words = located(chosen, stack, say)
        else:
            url, words = prepared(chosen, stack, say, upgrade=chosen.migrate)
        watch = stack.enter_context(progress())
        done = import_from(
            url,
            source,
            schema=chosen.schema,
            dry_run=dry_run,
            event_text=chosen.event_text,
            watch=watch,
        )
    would = "would be " if dry_run else ""
    there = f"; there already: {counted(done.there)}" if any(done.there.values()) else ""
    say(f"{words}: {counted(done.added)} {would}imported{there}")
