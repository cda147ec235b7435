"""A server that is killed or told to end under load. `make faults` tries more of it."""

from tests.faults.of_servers import TOLD_TO_END, killed


def test_a_killed_server_loses_nothing(kept):
    kept(killed(1))


def test_what_is_under_way_is_answered_before_the_end(kept):
    kept(TOLD_TO_END)
