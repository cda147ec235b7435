"""A Fring on another store is the same Fring."""

from typing import Any

import pytest

from fring_adapters import open_memory
from fring_adapters.memory import MemoryStore
from fring_core import STRICT, BlockingFring, InvalidInput, NewTask, TaskStatus, TransitionRefused


class Loud(BlockingFring):
    """Be a subclass."""


def test_it_keeps_its_rules_and_its_class_and_leaves_the_first_alone():
    first = open_memory(workflow=STRICT).awaited
    other = Loud(first).on(MemoryStore(task_ids=[7]))
    assert type(other) is Loud
    assert other.tasks.create(NewTask("elsewhere")).id == 7
    with pytest.raises(TransitionRefused):
        other.tasks.set_status(7, TaskStatus.COMPLETED)
    assert BlockingFring(first).tasks.count() == 0


def test_what_is_no_store_is_refused():
    url: Any = "postgresql:///fring"
    with pytest.raises(InvalidInput):
        open_memory().on(url)


def test_that_of_a_transaction_is_of_its_class_too():
    with Loud(open_memory().awaited).transaction() as together:
        assert type(together) is Loud
