"""A database that stands still under load: 503 in time. `make faults` holds it to 0.3 s."""

from tests.faults.of_databases import frozen_backends


def test_frozen_server_processes_are_not_waited_for(kept):
    kept(frozen_backends(idle=False))
