"""The `fring export` command."""

from __future__ import annotations

from contextlib import ExitStack

import rich_click as click

from fring_http.server.command.bulk import PIPE, counted, file_argument, opened, refused, tell
from fring_http.server.command.db import where
from fring_http.server.command.output import say
from fring_http.server.command.progress import progress
from fring_http.server.command.running import Command, settings
from fring_http.server.database import located


@click.command("export", cls=Command)
@file_argument
@click.option("--with-passwords", is_flag=True, help="the hashes of passwords come along")
@where
def export_command(*, file: str, with_passwords: bool) -> None:
    """Write users, tasks and assignments into FILE as JSON Lines, as they are at one moment.

    - writes to the output; FILE.gz is zipped. Servers go on meanwhile.
    """
    from fring_adapters.postgres.bulk import export_to  # noqa: PLC0415  # it takes long

    chosen = settings()
    with ExitStack() as stack, refused():
        url, words = located(chosen, stack, tell)
        out = stack.enter_context(opened(file, "wb"))
        watch = stack.enter_context(progress())
        rows = export_to(url, out, schema=chosen.schema, passwords=with_passwords, watch=watch)
    (tell if file == PIPE else say)(f"{words}: {counted(rows)} exported")
