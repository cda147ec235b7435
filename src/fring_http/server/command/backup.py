"""The `fring backup` and `fring restore` commands."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import rich_click as click

from fring_http.server.command.db import where
from fring_http.server.command.output import say
from fring_http.server.command.running import Command, settings
from fring_http.server.database import located, refused_in_words


@click.command(cls=Command)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--keep", type=click.IntRange(min=1), default=7, show_default=True, help="backups to keep there"
)
@where
def backup(*, folder: Path, keep: int) -> None:
    """Back up Fring's tables into a file in FOLDER, and read it back; servers go on meanwhile."""
    from fring_adapters.postgres.backup import back_up  # noqa: PLC0415  # it takes long

    chosen = settings()
    with ExitStack() as stack, refused_in_words():
        url, words = located(chosen, stack, say)
        file = back_up(url, folder, schema=chosen.schema, keep=keep)
    say(f"{words}, is in {file} ({file.stat().st_size} bytes, read back)")


@click.command(cls=Command)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@where
def restore(*, file: Path) -> None:
    """Restore a backup from FILE into a database that has no tables of Fring's yet."""
    from fring_adapters.postgres.backup import restore as bring_back  # noqa: PLC0415  # as above

    chosen = settings()
    with ExitStack() as stack, refused_in_words():
        url, words = located(chosen, stack, say)
        bring_back(url, file, schema=chosen.schema)
    say(f"{words}, has what was in {file}; `fring db upgrade` brings older tables to this version")
