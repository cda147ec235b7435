"""The `fring config` commands: what is set, where, and whether it will do."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from fring_http.server.checks import check
from fring_http.server.command.output import say, show_table
from fring_http.server.command.running import Command, complain, settings
from fring_http.server.modes import SettingsError
from fring_http.server.settings import SETTINGS
from fring_http.server.variables.sources import find_all


@click.group()
def config() -> None:
    """Show what is set, or check it."""


@config.command(cls=Command)
def show() -> None:
    """Show every setting, its value, and where that is set; of secrets, only that they are."""
    try:
        found, strays = find_all(SETTINGS, Path.cwd())
    except ValueError as error:
        raise SettingsError(str(error)) from None
    for stray in strays:
        complain(stray)
    rows = []
    for setting in SETTINGS:
        here = found.get(setting.variable)
        text = setting.default or "" if here is None else here.text
        shown = setting.shown(text) if setting.shown and text else text
        rows.append((setting.variable, shown, "default" if here is None else here.source))
    show_table(("setting", "value", "from"), rows)


@config.command("check", cls=Command)
def check_command() -> None:
    """Check what is set, without opening anything; name every fault."""
    check(settings())
    say("the settings will do")
