"""The contract kit: proof that a store behaves, for those who write one.

A store joins with these lines in a test module; nothing else needs configuring:

    class TestMyStore(StoreContract):
        @asynccontextmanager
        async def open_store(self) -> AsyncIterator[Store]:
            yield MyStore()                 # empty, a new one for every test

    class Machine(StoreMachine):            # random histories, in lockstep with an oracle
        def make_store(self) -> Store:
            return MyStore()

        def make_oracle(self) -> Store:
            return MemoryStore()

    TestMyHistories = Machine.TestCase

If the store's calls never suspend, write `class TestMyStore(InThreads, StoreContract)`, so that
races are run in threads.

Tests of what uses Fring find here strategies for all that a caller may send, `FaultyStore`, which
fails as it is told, `FixedClock`, and `FringMachine` for whatever has the methods of `Fring`.
Needs the extra `fring[testing]`.
"""

from pkgutil import iter_modules

import pytest

# Ahead of the imports, so that a failed clause shows what was compared.
pytest.register_assert_rewrite(*(f"{__name__}.{each.name}" for each in iter_modules(__path__)))

from fring_core.clocks import FixedClock  # noqa: E402  # see above
from fring_core.testing.contract import InThreads, StoreContract  # noqa: E402  # as above
from fring_core.testing.faults import Fault, FaultyStore, faults  # noqa: E402  # as above
from fring_core.testing.histories.fring_machine import FringMachine  # noqa: E402  # as above
from fring_core.testing.histories.store_machine import StoreMachine  # noqa: E402  # as above
from fring_core.testing.strategies import (  # noqa: E402  # as above
    chosen_ids,
    descriptions,
    due_dates,
    emails,
    needles,
    new_tasks,
    new_users,
    pages,
    reminders,
    statuses,
    task_changes,
    task_filters,
    task_orders,
    texts,
    titles,
    user_changes,
    user_filters,
    usernames,
)

__all__ = [  # grouped by what they are for
    # what a test passes to Fring
    "Fault",
    "FaultyStore",
    "FixedClock",
    # what a store author inherits
    "FringMachine",
    "InThreads",
    "StoreContract",
    "StoreMachine",
    # strategies
    "chosen_ids",
    "descriptions",
    "due_dates",
    "emails",
    "faults",
    "needles",
    "new_tasks",
    "new_users",
    "pages",
    "reminders",
    "statuses",
    "task_changes",
    "task_filters",
    "task_orders",
    "texts",
    "titles",
    "user_changes",
    "user_filters",
    "usernames",
]
