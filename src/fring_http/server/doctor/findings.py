"""What was found: fine, to be looked at, or to be mended first."""

from __future__ import annotations

from enum import StrEnum

import attrs


class State(StrEnum):
    """Name how well something is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@attrs.frozen
class Finding:
    """Say how something is, and what to do about it, if there is anything to do."""

    about: str
    state: State
    found: str
    remedy: str = ""


def ok(about: str, found: str) -> Finding:
    """Say that something is fine."""
    return Finding(about, State.OK, found)


def warn(about: str, found: str, remedy: str) -> Finding:
    """Say that something should be looked at."""
    return Finding(about, State.WARN, found, remedy)


def fail(about: str, found: str, remedy: str) -> Finding:
    """Say that something will not work."""
    return Finding(about, State.FAIL, found, remedy)
