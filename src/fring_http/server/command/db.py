"""The `fring db` commands: the tables, and their revision."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import rich_click as click

from fring_http.server.command.options import setting_options
from fring_http.server.command.output import say
from fring_http.server.command.running import FAILED, Command, settings
from fring_http.server.database import located, prepared, refused_in_words

if TYPE_CHECKING:
    from collections.abc import Callable

where = setting_options("--database-url", "--schema", "--data-dir")


@click.group()
def db() -> None:
    """Bring the tables to a revision, or look at theirs."""


@db.command(cls=Command)
@where
def upgrade() -> None:
    """Bring the tables to this version, or set them up; back up first."""
    with ExitStack() as stack:
        _, words = prepared(settings(), stack, say, upgrade=True)
        say(words)


@db.command(cls=Command)
@click.argument("revision")
@where
def downgrade(revision: str) -> None:
    """Bring the tables back to an older REVISION, such as 0004; back up first.

    What the older tables have no place for is lost. The servers have to be those of an older Fring
    then.
    """
    from fring_adapters.postgres import downgrade as bring_back  # noqa: PLC0415  # it takes long

    _on_tables(lambda url, schema: f"revision {bring_back(url, revision, schema=schema)}")


@db.command(cls=Command)
@where
@click.pass_context
def check(context: click.Context) -> None:
    """Say whether the tables are this version's; change nothing.

    The exit code is 1 if they are not.
    """
    from fring_adapters.postgres import state  # noqa: PLC0415  # as above

    def ask(url: str, schema: str | None) -> str:
        found = state(url, schema=schema)
        if found.revision == found.newest:
            return f"revision {found.revision}, this version's"
        context.call_on_close(lambda: context.exit(FAILED))
        if found.revision is None:
            return f"no tables yet; `fring db upgrade` sets up revision {found.newest}"
        return (
            f"revision {found.revision}, and this version's is {found.newest}: back up, then run"
            " `fring db upgrade`"
        )

    _on_tables(ask)


@db.command(cls=Command)
@click.option("--from", "current", metavar="REVISION", help="that the tables have; none: no tables")
@setting_options("--schema")
def sql(*, current: str | None) -> None:
    """Print the script that `upgrade` would run, for psql."""
    from fring_adapters.postgres import upgrade_sql  # noqa: PLC0415  # as above

    with refused_in_words():
        print(upgrade_sql(current=current, schema=settings().schema), end="")


def _on_tables(act: Callable[[str, str | None], str]) -> None:
    chosen = settings()
    with ExitStack() as stack, refused_in_words():
        url, words = located(chosen, stack, say)
        say(f"{words}, {act(url, chosen.schema)}")
