"""What faults of races do to be found at once: they hold their window open for others.

Only while there is another thread to let on, and for the first calls of a test. A clause that makes
a thousand calls, one after another, has no use for it, and would take a minute.
"""

from __future__ import annotations

import time
from threading import active_count

SECONDS = 0.05
CALLS = 60  # of a test: more than any clause makes at once
_left = 0


def renew() -> None:
    """Let the next test's calls pause."""
    global _left
    _left = CALLS


def pause() -> None:
    """Let others go on in the middle of a call."""
    global _left
    if _left and active_count() > 1:
        _left -= 1
        time.sleep(SECONDS)
