"""What `fring export` and `fring import` have alike: files, pipes, and what is told about them."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import rich_click as click

from fring_http.server.database import refused_in_words
from fring_http.server.modes import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

PIPE: Final = "-"
_TOLD: Final = ("user", "task", "assignment")
file_argument: Callable[[Any], Any] = click.argument(
    "file", type=click.Path(dir_okay=False, allow_dash=True)
)


def tell(text: str) -> None:
    """Tell people what happens, on the error output."""
    print(f"fring: {text}", file=sys.stderr, flush=True)


@contextmanager
def opened(file: str, mode: str) -> Iterator[Path | IO[bytes]]:
    """Give a file's path, or for `-` the input or output itself."""
    if file != PIPE:
        yield Path(file)
        return
    stream = sys.stdin if mode == "rb" else sys.stdout
    # Not Python's own, which would try to write the rest once more when nobody reads on.
    with open(stream.fileno(), mode, closefd=False) as raw:  # it has no path
        yield raw


@contextmanager
def refused() -> Iterator[None]:
    """Turn what is refused about tables and files into `SettingsError`."""
    from fring_adapters.postgres.bulk import BulkError  # noqa: PLC0415  # it takes long

    with refused_in_words():
        try:
            yield
        except BulkError as error:
            raise SettingsError(str(error)) from error


def counted(rows: Mapping[str, int]) -> str:
    """Return how many rows there are of each kind, in words."""
    return ", ".join(f"{rows[kind]} {kind}{'' if rows[kind] == 1 else 's'}" for kind in _TOLD)
