"""Everything that the doctor looks at, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fring_http.server.checks import check
from fring_http.server.doctor.callers import look_at_callers
from fring_http.server.doctor.database import look_at_database
from fring_http.server.doctor.findings import Finding, fail, ok, warn
from fring_http.server.doctor.machine import look_at_machine
from fring_http.server.doctor.standby import look_at_standby
from fring_http.server.modes import SettingsError
from fring_http.server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def examined(folder: Path) -> Iterator[Finding]:
    """Look at a server that would start in a folder, with the settings of the environment."""
    try:
        settings = Settings.from_environment(folder)
    except SettingsError as error:
        yield from _faults(error)
        return
    for stray in settings.strays:
        what, _, advice = stray.partition("; ")
        yield warn("settings", what, advice or "take it away")
    try:
        check(settings)
    except SettingsError as error:
        yield from _faults(error)
    else:
        yield ok("settings", "they go together")
    yield from look_at_database(settings)
    yield from look_at_standby(settings)
    yield from look_at_callers(settings)
    yield from look_at_machine(settings, folder)


def _faults(error: SettingsError) -> Iterator[Finding]:
    for line in str(error).splitlines():
        yield fail("settings", line, "`fring config show` tells where it is set")
