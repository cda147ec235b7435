"""The headline in short; `make faults WORDS=headline` has it at full length."""

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.headline import Closed, close_all


def test_every_task_is_closed_once_and_nobody_gets_an_exception(made):
    with TemporaryDirectory(prefix="fring-fault-", ignore_cleanup_errors=True) as folder:
        closed = close_all(made, Path(folder), tasks=200, restarts=1)
    assert closed.is_kept, (str(closed), closed.raised[:10])


def test_what_is_kept_is_all_of_it():
    good = Closed(10, 10, 10, [], 1, 1, 1.0)
    assert good.is_kept
    for bad in (
        Closed(10, 9, 10, [], 1, 1, 1.0),
        Closed(10, 10, 9, [], 1, 1, 1.0),
        Closed(10, 10, 10, ["task 1"], 1, 1, 1.0),
        Closed(10, 10, 10, [], 0, 1, 1.0),
    ):
        assert not bad.is_kept
