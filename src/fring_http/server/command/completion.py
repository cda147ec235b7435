"""The `fring completion` command."""

from __future__ import annotations

from typing import Final

import rich_click as click
from click.shell_completion import get_completion_class

SHELLS: Final = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what makes a shell complete this command.

    In bash or zsh: eval "$(fring completion bash)"; in fish: fring completion fish | source.
    """
    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101  # click knows all of them
    print(kind(context.find_root().command, {}, "fring", "_FRING_COMPLETE").source())
