"""Parts of the feed, ready to be sent as server-sent events (WHATWG HTML, 9.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs
import msgspec

from fring_http.api.v2.schemas import Event

if TYPE_CHECKING:
    import fring_core as core

# They end no line there, but to readers that know all of Unicode's ends of lines.
_LINE_ENDS: Final = tuple(
    (each.encode(), b"\\u%04x" % ord(each)) for each in ("\x85", "\u2028", "\u2029")
)


@attrs.frozen(eq=False)
class Part:
    """Hold a part of the feed, each event as it is sent, and the cursor behind it."""

    events: tuple[core.Event, ...]
    frames: tuple[bytes, ...]
    next: str
    more: bool

    @classmethod
    def of(cls, page: core.EventPage) -> Part:
        """Return a page, ready to be sent."""
        return cls(page.items, tuple(map(_frame, page.items)), page.next, page.more)


def _frame(event: core.Event) -> bytes:
    """Return an event as `text/event-stream` has it."""
    shown = msgspec.json.encode(Event.of(event))
    for line_end, escaped in _LINE_ENDS:
        shown = shown.replace(line_end, escaped)
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (
        (event.cursor or "").encode(),
        event.type.encode(),
        shown,
    )
