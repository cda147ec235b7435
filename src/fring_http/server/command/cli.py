"""The `fring` command: all its commands, in groups. `fring` alone shows them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import rich_click as click

from fring_http.server.command.auth import auth
from fring_http.server.command.backup import backup, restore
from fring_http.server.command.completion import completion
from fring_http.server.command.config import config
from fring_http.server.command.db import db
from fring_http.server.command.demo import demo
from fring_http.server.command.doctor import doctor
from fring_http.server.command.exporting import export_command
from fring_http.server.command.importing import import_command
from fring_http.server.command.openapi import openapi
from fring_http.server.command.serve import serve_command
from fring_http.server.command.user import user
from fring_http.server.command.worker import worker
from fring_http.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich_click import RichCommand

GROUPS: Final[dict[str, tuple[RichCommand, ...]]] = {
    "Run": (serve_command, worker, demo),
    "Look after": (config, doctor, db, backup, restore, export_command, import_command),
    "Who may come in": (user, auth),
    "Work with": (openapi, completion),
}
# Boxes are for people.
_PLAIN: Final[dict[str, Any]] = {
    "style_options_panel_box": "BLANK",
    "style_commands_panel_box": "BLANK",
    "style_errors_panel_box": "BLANK",
    "width": 100,
}


@click.group(
    context_settings={
        "help_option_names": ["-h", "--help"],
        "rich_help_config": {} if sys.stdout.isatty() else _PLAIN,
    }
)
@click.version_option(VERSION, prog_name="fring", message="%(prog)s %(version)s")
def fring() -> None:
    """Task management: users, tasks, the assignments between them, and a list for each of them.

    Settings are in the environment or in `.env`; `fring config show` lists them.
    """


for heading, commands in GROUPS.items():
    for command in commands:
        fring.add_command(command)
    click.command_panel(heading, commands=[str(each.name) for each in commands])(fring)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with these arguments (None: the process's own); return its exit code."""
    try:
        fring.main(None if arguments is None else list(arguments), prog_name="fring")
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0
