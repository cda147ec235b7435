"""How a command ends: with a line for what went wrong, and never with a traceback.

0  it is done          1  it cannot be done, or what was asked is not so
2  the command line makes no sense          130  it was interrupted
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING, Any, Final

import rich_click as click

from fring_core import FringError
from fring_http.server.modes import SettingsError
from fring_http.server.settings import Settings
from fring_http.server.variables.texts import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

FAILED: Final = 1
AGAIN_SECONDS: Final = 0.02
_ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Report that a signal ends the command, wherever it was."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Let SIGINT, SIGTERM and a closed terminal raise `Stopped`, once: cleaning up goes on.

    After the block they do nothing, since the process is about to end by itself.
    """
    stopped = False
    usual = sys.unraisablehook

    def stop(*_: object) -> None:
        nonlocal stopped
        if not stopped:
            stopped = True
            raise Stopped

    def stop_again(lost: sys.UnraisableHookArgs) -> None:
        nonlocal stopped
        if not isinstance(lost.exc_value, Stopped):
            usual(lost)
            return
        stopped = False
        # From a thread: raised in here, it would be lost as well.
        again = Timer(AGAIN_SECONDS, os.kill, (os.getpid(), signal.SIGTERM))
        again.daemon = True
        again.start()

    # What is raised in a finalizer, or as a module's lock goes, goes nowhere.
    sys.unraisablehook = stop_again
    for number in _ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)
    try:
        yield
    finally:
        sys.unraisablehook = usual
        for number in _ENDING:
            signal.signal(number, signal.SIG_IGN)


class Command(click.RichCommand):
    """Run a command; say in a line each what it could not do.

    Told to end, it cleans up; that is how those end that `serves`, and a failure of others.
    """

    def __init__(self, *arguments: Any, serves: bool = False, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._serves = serves

    def invoke(self, ctx: click.Context) -> Any:
        """Run it; exit with `FAILED` for what is not a fault of the program."""
        try:
            with stoppable():
                return super().invoke(ctx)
        except Stopped:
            ctx.exit(0 if self._serves else FAILED)
        except SettingsError as error:
            for line in str(error).splitlines():
                complain(line)
            ctx.exit(FAILED)
        except (FringError, OSError, ValueError) as error:
            # libpq has its advice on a line of its own.
            complain(" ".join(map(str.strip, str(error).splitlines())))
            ctx.exit(FAILED)


def complain(text: str) -> None:
    """Tell on the error output what is wrong, in a line."""
    print(f"fring: {printable(text)}", file=sys.stderr, flush=True)


def settings() -> Settings:
    """Return the settings of the environment; name those that are none. Raise `SettingsError`."""
    found = Settings.from_environment()
    for stray in found.strays:
        complain(stray)
    return found
