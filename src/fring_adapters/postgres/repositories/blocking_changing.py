"""Changes in threads: whoever waits for a row comes after the others."""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakValueDictionary

from fring_adapters.postgres.repositories.changing import Changing
from fring_core import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Hashable

    from fring_adapters.postgres.repositories.changing import Apply, Change, Place
    from fring_adapters.postgres.wire.executor import Executor

# As long as a statement may wait for a row: others may be waiting for it in there.
LONGEST_WAIT: Final = 10.0  # seconds


class InTurn(Changing):
    """Change a row in one thread after the other."""

    def __init__(self, executor: Executor) -> None:
        super().__init__(executor)
        self._guard = Lock()
        self._rows: WeakValueDictionary[Hashable, Lock] = WeakValueDictionary()

    async def _in_turn(self, place: Place[Any], change: Change[Any], apply: Apply) -> Any:
        with self._guard:
            turn = self._rows.setdefault(place, Lock())
        if not turn.acquire(timeout=LONGEST_WAIT):
            raise StoreUnavailable(f"Others have changed a row for {LONGEST_WAIT:g} s")
        try:
            [result] = await apply([change])
        finally:
            turn.release()
        return result

    async def pause(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)  # noqa: ASYNC251  # blocking is what this one is for
