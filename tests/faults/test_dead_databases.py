"""A database that is killed under load. `make faults` tries more of it."""

from tests.faults.of_databases import killed


def test_a_killed_database_loses_nothing(kept):
    kept(killed(1.5))
