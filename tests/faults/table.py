"""All faults, in the order of the page: what `make faults` tries."""

from __future__ import annotations

from typing import Final

from tests.faults import of_capacity, of_databases, of_embedded, of_networks, of_servers

ROUNDS: Final = 50
FAULTS: Final = (
    of_databases.killed(0.5),
    of_databases.killed(20),
    of_databases.killed(0.2, ROUNDS, keys=True),
    of_databases.TERMINATED,
    of_databases.frozen_backends(idle=False),
    of_databases.frozen_backends(idle=True),
    of_databases.FROZEN,
    of_databases.FROZEN_POSTMASTER,
    of_databases.LATE,
    of_databases.READ_ONLY,
    of_databases.PROMOTED,
    of_capacity.EXHAUSTED,
    of_capacity.LOCKED,
    of_capacity.DEADLOCK,
    of_capacity.TOO_MANY,
    of_capacity.DISK_FULL,
    of_networks.DELAYED,
    of_networks.DROPPED,
    of_networks.HALF_OPEN,
    of_networks.silent(idle=False),
    of_networks.silent(idle=True),
    of_networks.CUT,
    of_networks.CUT_WITH_KEYS,
    of_networks.CLIENTS_DROPPED,
    of_servers.killed(ROUNDS, keys=True),
    of_servers.workers_killed(5),
    of_servers.UNHEARD,
    of_servers.PARENT_KILLED,
    of_servers.TOLD_TO_END,
    of_servers.CLOCK_BACK,
    *of_embedded.EMBEDDED,
)
