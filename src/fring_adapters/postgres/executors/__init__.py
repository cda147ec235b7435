"""Executors: how a statement reaches PostgreSQL, in an event loop or in a thread.

Repositories know one method, `run`, and are written once. The blocking executor's coroutines
never suspend, so that `run_sync` can drive them.
"""

from fring_adapters.postgres.executors.asynchronous import AsyncExecutor
from fring_adapters.postgres.executors.blocking import BlockingExecutor
from fring_adapters.postgres.executors.protocol import Executor

__all__ = ["AsyncExecutor", "BlockingExecutor", "Executor"]
