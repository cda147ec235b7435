"""The feed beside writers and faults, in short; `make faults WORDS=feed` has it at full length."""

from pathlib import Path
from tempfile import TemporaryDirectory

import attrs

from fring_adapters.clock import utc_now
from fring_core import Cause, NewTask
from fring_core.events import created
from tests.faults.followed import Followed, Run, follow


def test_each_reader_is_told_each_change_once_in_one_order(made):
    run = Run("in short", kills=True, seconds=4.0, writers=8)
    with TemporaryDirectory(prefix="fring-fault-", ignore_cleanup_errors=True) as folder:
        followed = follow(made, Path(folder), run)
    assert followed.faults() == [], str(followed)
    assert len(followed.committed) > 100


def test_what_is_wrong_is_found():
    one, two = (event(task, f"{task}") for task in (1, 2))
    newer = attrs.evolve(one, version=2, cursor="3")
    run, committed = Run(""), [(1, 1), (2, 1), (1, 2)]

    def faults(*told, committed=committed, raised=()):
        return Followed(run, committed, told, raised, 0, 1.0).faults()

    right = (one, two, newer)
    assert faults(right, right) == []
    for wrong in ((one, two), (*right, two), (two, one, newer), (newer, two, one)):
        assert faults(right, wrong), wrong
    assert faults((newer, two, one), (newer, two, one)), "of one row, in order"
    assert faults(right, committed=[*committed, (1, 2)])
    assert faults(right, raised=["an error"]) == ["an error"]


def event(task_id, cursor):
    at = utc_now()
    row = NewTask("task").as_task(task_id, None, at)
    return attrs.evolve(created(row, Cause(at)), cursor=cursor)
