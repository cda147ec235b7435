"""A network to the database that loses what is sent. `make faults` tries more of it."""

from tests.faults.of_networks import CUT_WITH_KEYS, silent


def test_a_write_that_is_cut_from_its_answer_and_tried_again_is_there_once(kept):
    kept(CUT_WITH_KEYS)


def test_silence_on_connections_that_were_idle_is_not_waited_for(kept):
    kept(silent(idle=True))
