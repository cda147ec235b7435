"""Options of the command that are settings: each wins over the environment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

import rich_click as click

from fring_http.server.settings import SETTINGS
from fring_http.server.variables.parsers import read_value
from fring_http.server.variables.sources import set_variable

F = TypeVar("F", bound=Callable[..., Any])
# They would be there for everybody to read who lists the processes of this machine.
_NO_OPTION: Final = {each.variable for each in SETTINGS if each.shown} - {"DATABASE_URL"}
OPTIONS: Final = {
    "--" + each.variable.removeprefix("FRING_").lower().replace("_", "-"): each
    for each in SETTINGS
    if each.variable not in _NO_OPTION
}


def _take(_: click.Context, option: click.Parameter, text: str | None) -> None:
    if text is None:
        return
    setting = OPTIONS[option.opts[0]]
    try:
        read_value(setting, text)
    except ValueError as error:
        raise click.BadParameter(str(error).partition("cannot be used: ")[2]) from None
    set_variable(setting.variable, text)


def setting_options(*names: str) -> Callable[[F], F]:
    """Return what gives a command the options of these names; of none: of all settings.

    The environment has what is given, and so has every process that this one starts.
    """
    chosen = names or tuple(OPTIONS)

    def decorate(function: F) -> F:
        for heading in reversed(dict.fromkeys(OPTIONS[name].group for name in chosen)):
            of_group = [name for name in chosen if OPTIONS[name].group == heading]
            function = click.option_panel(heading, options=of_group)(function)
        for name in reversed(chosen):
            setting = OPTIONS[name]
            function = click.option(
                name,
                metavar="TEXT" if setting.default is None else setting.default or "TEXT",
                callback=_take,
                expose_value=False,
                help=f"{setting.plainly} ({setting.variable})",
            )(function)
        return function

    return decorate
