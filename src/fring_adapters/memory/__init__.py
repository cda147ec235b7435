"""The reference store: a database that happens to be in memory.

It keeps every clause of `fring_core.ports`, so a test that passes on it passes on PostgreSQL.
No call ever suspends (`run_sync` drives it), and each call is atomic among threads too.
"""

from fring_adapters.memory.assignments import MemoryAssignments
from fring_adapters.memory.credentials import MemoryCredentials
from fring_adapters.memory.store import MemoryStore
from fring_adapters.memory.tasks import MemoryTasks
from fring_adapters.memory.users import MemoryUsers

__all__ = ["MemoryAssignments", "MemoryCredentials", "MemoryStore", "MemoryTasks", "MemoryUsers"]
