"""A fault: what is broken, what is promised all the same, and how it is tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from tests.faults.expected import Expected
from tests.faults.world import Setting

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.world import World


@attrs.frozen(kw_only=True)
class Fault:
    """Hold one: `strike` breaks something and mends it, and notes the outage meanwhile.

    `promise` is what a page says of it. `needs_root` tells whether it mounts something, or has the
    server run as another user.
    """

    name: str
    promise: str
    strike: Callable[[World], None]
    expected: Expected = attrs.field(factory=Expected)
    setting: Setting = attrs.field(factory=Setting)
    needs_root: bool = False
