"""Hooks: what is called with each event, once what it tells of is done."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable

    from fring_core.events import Event

_LOGGER: Final = logging.getLogger("fring.hooks")


def unheard(_: object) -> None:
    """Listen to nothing."""


@attrs.frozen
class Hook:
    """Call a function with events; what it raises is logged, and harms nobody."""

    _function: Callable[[Event], object]

    def __call__(self, event: Event) -> None:
        """Call it with one."""
        try:
            self._function(event)
        except Exception:
            _LOGGER.exception("A hook failed at %s, version %d", event.type, event.version)
