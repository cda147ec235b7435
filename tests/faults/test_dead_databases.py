"""A database that is killed, or ends what is open, under load. `make faults` tries more of them."""

from tests.faults.of_databases import TERMINATED, killed


def test_a_killed_database_loses_nothing(kept):
    kept(killed(1.5))


def test_connections_that_were_ended_lose_nothing(kept):
    kept(TERMINATED)
