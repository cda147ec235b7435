"""What the tests with stores that fail share."""

import asyncio

from hypothesis import Phase, settings

from fring_core import FixedClock, Fring, Store, StoreUnavailable
from fring_core.testing import Fault
from tests.core.examples import NOW

BEFORE = (Fault.FAIL_BEFORE, Fault.CANCEL_BEFORE)
AFTER = (Fault.FAIL_AFTER, Fault.CANCEL_AFTER)
INTERRUPTIONS = (StoreUnavailable, asyncio.CancelledError)

REPEATABLE = settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    database=None,
    report_multiple_bugs=False,
    phases=[Phase.generate, Phase.shrink],
)


def on(store: Store) -> Fring:
    """Return the use cases on a store, by a clock that stands still."""
    return Fring(store, clock=FixedClock(NOW))
