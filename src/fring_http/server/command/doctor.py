"""The `fring doctor` command."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import attrs
import msgspec
import rich_click as click
from rich.text import Text

from fring_http.server.command.options import setting_options
from fring_http.server.command.output import console
from fring_http.server.command.running import FAILED, Command
from fring_http.server.doctor.findings import State
from fring_http.server.variables.texts import printable

_STYLES: Final = {State.OK: "green", State.WARN: "yellow", State.FAIL: "bold red"}


@click.command(cls=Command)
@setting_options("--database-url", "--schema", "--workers", "--pool-size")
@click.option("--json", "as_json", is_flag=True, help="print a JSON list")
@click.pass_context
def doctor(context: click.Context, *, as_json: bool) -> None:
    """Look at all that a server needs, and say what to do where something is amiss.

    Nothing is changed. The exit code is 1 if something fails, 0 if it is at worst to be looked at.
    """
    from fring_http.server.doctor.examination import examined  # noqa: PLC0415  # it takes long

    findings = []
    for each in examined(Path.cwd()):
        findings.append(each)
        if not as_json:
            remedy = f"; {each.remedy}" if each.remedy else ""
            words = printable(f"  {each.about}: {each.found}{remedy}")
            console().print(Text.assemble((f"{each.state:<4}", _STYLES[each.state]), words))
    if as_json:
        print(
            msgspec.json.format(
                msgspec.json.encode([attrs.asdict(each) for each in findings])
            ).decode()
        )
    if any(each.state is State.FAIL for each in findings):
        context.exit(FAILED)
